package io.farmhand.cli;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;

/**
 * The inputs on their way to the pool, of which it keeps a preview until their result is there: results come in order,
 * so it is always the oldest one's.
 *
 * <p>Guarded by itself. Holds as many as the pool's window.
 */
final class InFlight implements Iterator<String> {
    private static final int PREVIEW_LENGTH = 60;

    private final Iterator<String> items;
    private final Queue<String> previews = new ArrayDeque<>();

    InFlight(Iterator<String> items) {
        this.items = items;
    }

    @Override
    public boolean hasNext() {
        return items.hasNext();
    }

    @Override
    public String next() {
        String item = items.next();
        synchronized (this) {
            previews.add(preview(item));
        }
        return item;
    }

    /** Removes the oldest input and gives its preview. */
    synchronized String arrived() {
        return previews.remove();
    }

    private static String preview(String item) {
        return item.length() <= PREVIEW_LENGTH ? item : item.substring(0, PREVIEW_LENGTH) + "…";
    }
}
