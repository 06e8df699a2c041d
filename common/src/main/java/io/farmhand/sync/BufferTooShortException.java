package io.farmhand.sync;

import java.io.IOException;

/** A message was longer than the room for it. It has the message, as Python's {@code BufferTooShort}. */
public final class BufferTooShortException extends IOException {
    private static final long serialVersionUID = 1L;

    private final byte[] message;

    /**
     * @param message the whole message
     * @param room how many bytes there was room for
     */
    public BufferTooShortException(byte[] message, int room) {
        super("a message is longer than the room for it: messageBytes=" + message.length + " room=" + room
                + ". The exception's bytes() has it.");
        this.message = message.clone();
    }

    /** The whole message. */
    public byte[] bytes() {
        return message.clone();
    }
}
