/**
 * A cluster: the coordinator that shares the seats of agents among clients, the agents, and the backend by which a pool is a
 * client. {@code cluster.proto} has the rules.
 */
@NullMarked
package io.farmhand.internal.cluster;

import org.jspecify.annotations.NullMarked;
