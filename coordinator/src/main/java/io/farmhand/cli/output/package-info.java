/** What becomes of results: lines, tables and directories of them, and the log of a run, by which it can be resumed. */
@NullMarked
package io.farmhand.cli.output;

import org.jspecify.annotations.NullMarked;
