/** Who runs what: jobs, chunks, credits, retries. One thread owns it all. */
@NullMarked
package io.farmhand.internal.dispatch;

import org.jspecify.annotations.NullMarked;
