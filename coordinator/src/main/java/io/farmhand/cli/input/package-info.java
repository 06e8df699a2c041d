/** The inputs of a run: words, lines, records and blocks, from arguments, files and standard input. */
@NullMarked
package io.farmhand.cli.input;

import org.jspecify.annotations.NullMarked;
