/** The command line, {@code farm}: maps a static method of the user's jar over inputs. */
@NullMarked
package io.farmhand.cli;

import org.jspecify.annotations.NullMarked;
