package io.farmhand.internal.remote;

/**
 * An object that a server keeps.
 *
 * @param id its number there
 * @param type what it is seen as
 * @param target the object
 * @param maker the id of the client that had it made, or {@link #HERE}
 */
record Served(long id, ServedType type, Object target, long maker) {
    /** The server's own process. */
    static final long HERE = 0;
}
