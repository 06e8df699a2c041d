/** Memory that two processes share: layouts and mappings. */
@NullMarked
package io.farmhand.internal.shm;

import org.jspecify.annotations.NullMarked;
