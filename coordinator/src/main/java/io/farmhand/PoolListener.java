package io.farmhand;

/**
 * Hears of what happens in a pool, on the pool's thread {@code farm-listener}, one event after the other in their
 * order. When it is so slow that ten thousand events wait, further ones are dropped, and their number is logged. What
 * it throws is logged, and the next event comes all the same. Events that wait when the pool is closed are delivered
 * before {@code close()} returns, unless that takes more than a second.
 */
@FunctionalInterface
public interface PoolListener {
    /** Something has happened. */
    void on(PoolEvent event);
}
