/** Workers that are processes of this host: the directory, the door and the processes of a farm, put together. */
@NullMarked
package io.farmhand.internal.local;

import org.jspecify.annotations.NullMarked;
