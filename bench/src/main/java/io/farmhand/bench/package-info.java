/** Farmhand measured beside its peers. */
@NullMarked
package io.farmhand.bench;

import org.jspecify.annotations.NullMarked;
