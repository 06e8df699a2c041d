package io.farmhand;

import io.farmhand.internal.chunk.Chunker;

/**
 * The input of a call, ready to be fed.
 *
 * @param chunker cuts it
 * @param size how many items there are, or -1 when that is not known beforehand
 */
record Feed(Chunker chunker, long size) {}
