/** The worker JVM: it dials the coordinator, runs chunks one at a time and sends what came of them. */
@NullMarked
package io.farmhand.internal.worker;

import org.jspecify.annotations.NullMarked;
