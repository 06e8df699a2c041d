/** Objects that a server keeps and calls for the threads of other processes, and the proxies for them. */
@NullMarked
package io.farmhand.internal.remote;

import org.jspecify.annotations.NullMarked;
