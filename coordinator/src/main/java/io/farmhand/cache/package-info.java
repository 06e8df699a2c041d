/** Results that are kept on disk: what one process has computed others read, now and in later runs. */
@NullMarked
package io.farmhand.cache;

import org.jspecify.annotations.NullMarked;
