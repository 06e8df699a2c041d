/** Where the results of a job wait for its caller, and the window that bounds what is under way. */
@NullMarked
package io.farmhand.internal.gather;

import org.jspecify.annotations.NullMarked;
