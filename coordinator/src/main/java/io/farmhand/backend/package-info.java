/**
 * Where the workers of a pool come from: what a {@link io.farmhand.backend.Backend} has to do, and what it hears and says.
 *
 * <pre>
 *               open, launch, look, kill, close                 function, chunk, recall, stop
 *   dispatcher ---------------------------------> BackendSession      WorkerLink <---- dispatcher
 *        ^                                              |                  |
 *        '---- BackendSink: joined, ready, answered, exited, capacity ----'
 * </pre>
 *
 * <p>A worker of a backend is whatever runs one chunk after the other: a process of this host, one that has joined a farm
 * elsewhere, or a place in an engine that runs each chunk as a task of its own. The dispatcher gives chunks to workers, in
 * order, no more at a time than their answers let it; it owns retries, deadlines and order. A backend tells what came of
 * items, or that a worker was lost, and nothing else.
 */
@NullMarked
package io.farmhand.backend;

import org.jspecify.annotations.NullMarked;
