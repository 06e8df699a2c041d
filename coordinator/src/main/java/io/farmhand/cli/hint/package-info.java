/** What was probably meant: files that are near those that do not exist. */
@NullMarked
package io.farmhand.cli.hint;

import org.jspecify.annotations.NullMarked;
