/** One file, one question: what a farm is good for, each runnable in a minute. */
@NullMarked
package io.farmhand.examples;

import org.jspecify.annotations.NullMarked;
