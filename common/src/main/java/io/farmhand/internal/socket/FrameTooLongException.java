package io.farmhand.internal.socket;

import java.io.IOException;

/** A frame is longer than the receiver wants it: nothing after it can be received. */
public final class FrameTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    FrameTooLongException(int length, int maxBytes) {
        super(length < 0
                ? "What came is no message of ours: its length is out of range, length=" + length
                : "A message is longer than it may be: messageBytes=" + length + " maxBytes=" + maxBytes);
    }
}
