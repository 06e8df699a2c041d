package io.farmhand.internal.cluster;

/** A coordinator has refused a peer, and would do so again: the message has its words. */
public final class ClusterRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClusterRefusedException(String message) {
        super(message);
    }
}
