package io.farmhand.internal.serial;

import java.util.function.Predicate;

/** Something that only processes of this host can use was to be sent to where it would be of no use. */
public final class HostBoundException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Predicate<Object> culprit;
    private final String complaint;
    private final String advice;

    /**
     * Says what and why.
     *
     * @param culprit whether an object is the one
     * @param complaint what is the matter with it, to be read after the way to it: {@code is a Queue ...}
     * @param advice what to do, a sentence
     */
    public HostBoundException(Predicate<Object> culprit, String complaint, String advice) {
        super("It " + complaint + ". " + advice);
        this.culprit = culprit;
        this.complaint = complaint;
        this.advice = advice;
    }

    /**
     * Refuses to send away what stands in this host's shared memory. To be called when it is written.
     *
     * @param handle that is written
     * @param what it is: {@code a Queue}
     * @param instead what does the same for workers on other hosts, a sentence
     * @throws HostBoundException when it is being sent to where it would be of no use
     */
    @SuppressWarnings("ReferenceEquality") // this very one: its equals says less
    public static void check(Object handle, String what, String instead) {
        switch (Destination.current()) {
            case HERE -> {
            }
            case WORKERS -> throw new HostBoundException(object -> object == handle,
                    "is " + what + " in the shared memory of this host, and the pool's workers may be on other hosts",
                    instead);
            case BACK -> throw new HostBoundException(object -> object == handle,
                    "is " + what + " in the shared memory of the worker's host, and whoever would get it may be on"
                            + " another host",
                    "Return a copy of what it holds, or put that into an object of a Manager that the caller made.");
        }
    }

    Predicate<Object> culprit() {
        return culprit;
    }

    String complaint() {
        return complaint;
    }

    String advice() {
        return advice;
    }
}
