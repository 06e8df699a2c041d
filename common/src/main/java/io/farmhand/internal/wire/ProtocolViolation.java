package io.farmhand.internal.wire;

/** A peer broke a rule of {@code farm.proto}; the call with it is ended. */
public final class ProtocolViolation extends RuntimeException {
    /** @param message the rule that was broken, with the values */
    public ProtocolViolation(String message) {
        super(message);
    }
}
