/** The code that travels to workers elsewhere: a class path as jars by their content, and the store where they arrive. */
@NullMarked
package io.farmhand.internal.code;

import org.jspecify.annotations.NullMarked;
