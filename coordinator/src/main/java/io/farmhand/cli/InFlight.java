package io.farmhand.cli;

import io.farmhand.cli.input.Input;
import io.farmhand.cli.input.Inputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The inputs on their way to the pool, which are kept until their outcome is there. No more of them are let in than its
 * {@link ReadAhead} says, nor while the results that wait for their turn take too much memory.
 *
 * <p>Guarded by itself. The pool's thread asks for inputs, and waits here; the thread that has the results lets them go.
 */
final class InFlight implements Iterator<Object> {
    /** How often it is looked whether there is enough memory again: nobody tells. */
    private static final long MEMORY_LOOK_MILLIS = 500;
    /** How much of results may wait for their turn, of this JVM's heap. */
    private static final int HEAP_PART = 8;

    private final Inputs inputs;
    private final Predicate<Input> isDone;
    private final BooleanSupplier hasMemory;
    private final long mostHeldChars = Runtime.getRuntime().maxMemory() / HEAP_PART;

    /** Of the thread that asks. */
    private Input.@Nullable Item next;
    // Guarded by this.
    private final Map<Long, Input.Item> items = new HashMap<>();
    private final ReadAhead ahead;
    private final Queue<Input.Bad> bad = new ArrayDeque<>();
    private long sent;
    private long passed;
    private long heldChars;
    private boolean stopped;
    /** Whether an outcome is being handed on. */
    private boolean atWork;

    /**
     * Those inputs.
     *
     * @param isDone tells which are passed over
     * @param hasMemory whether the machine has enough for one more
     * @param ahead how many may be on their way; this is its only user
     */
    InFlight(Inputs inputs, Predicate<Input> isDone, BooleanSupplier hasMemory, ReadAhead ahead) {
        this.inputs = inputs;
        this.isDone = isDone;
        this.hasMemory = hasMemory;
        this.ahead = ahead;
    }

    @Override
    public boolean hasNext() {
        while (next == null && mayGoOn()) {
            Input input = read();
            switch (input) {
                case null -> {
                    return false;
                }
                case Input _ when isDone.test(input) -> {
                    // An earlier run has done it.
                }
                case Input.Item item -> next = item;
                case Input.Bad unreadable -> refuse(unreadable);
            }
        }
        return next != null;
    }

    private @Nullable Input read() {
        try {
            return inputs.next();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** Waits until one more may come; false when none may any more. */
    private synchronized boolean mayGoOn() {
        try {
            while (!stopped && (items.size() >= ahead.unanswered() || sent - passed >= ahead.unpassed()
                    || heldChars >= mostHeldChars)) {
                wait();
            }
            while (!stopped && !hasMemory.getAsBoolean()) {
                wait(MEMORY_LOOK_MILLIS);
            }
            return !stopped;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized void refuse(Input.Bad unreadable) {
        bad.add(unreadable);
    }

    @Override
    public Object next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        Input.Item item = next;
        next = null;
        synchronized (this) {
            items.put(sent++, item);
        }
        return item.value();
    }

    /** Takes the input at that place among those that were sent: its outcome is there, and took so long. */
    synchronized Input.Item arrived(long place, Duration taken) {
        atWork = true;
        ahead.took(taken);
        notifyAll();
        Input.Item item = items.remove(place);
        if (item == null) {
            throw new IllegalStateException("no input is on its way: place=" + place);
        }
        return item;
    }

    /** Takes an input that could not be read; null for none. */
    synchronized Input.@Nullable Bad refused() {
        return bad.poll();
    }

    /** A result of so many characters waits for its turn. */
    synchronized void hold(int chars) {
        heldChars += chars;
    }

    /** The result of one input was handed on, after it had waited with so many characters. */
    synchronized void pass(int chars) {
        passed++;
        heldChars -= chars;
        notifyAll();
    }

    /** The outcomes that arrived were handed on. */
    synchronized void rest() {
        atWork = false;
    }

    /** Lets no more in; returns whether nothing is on its way, and nobody at work: then whoever waits may wait for an input. */
    synchronized boolean stop() {
        stopped = true;
        notifyAll();
        return items.isEmpty() && !atWork;
    }

    /** Whether it was told to stop. */
    synchronized boolean isStopped() {
        return stopped;
    }

    /** Whether it was told to stop, and nothing is on its way any more. */
    synchronized boolean isDrained() {
        return stopped && items.isEmpty();
    }

    /** How many of so many workers have something to do. */
    synchronized int busy(int workers) {
        return Math.min(workers, items.size());
    }
}
