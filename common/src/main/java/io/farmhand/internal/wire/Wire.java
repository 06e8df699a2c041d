package io.farmhand.internal.wire;

import io.grpc.Metadata;

/** The constants of the protocol that {@code farm.proto} describes. */
public final class Wire {
    /** The version of the protocol; both sides must be of one. */
    public static final int PROTOCOL = 1;

    /**
     * The longest payload of one message, in bytes. Smaller costs more messages for each byte, larger holds more
     * memory for each stream and keeps short messages waiting behind long ones.
     */
    public static final int FRAME_BYTES = 1 << 20;

    /** The longest message, in bytes: a frame and its envelope. */
    public static final int MESSAGE_BYTES = FRAME_BYTES + 4096;

    /** How much the transport takes before it asks for patience: enough frames that the pipe never runs dry. */
    public static final int READY_BYTES = 4 * FRAME_BYTES;

    /** The call metadata that proves that the coordinator asked for the caller. */
    public static final Metadata.Key<String> TOKEN = Metadata.Key.of("farm-token", Metadata.ASCII_STRING_MARSHALLER);

    /** The call metadata that says which worker calls. */
    public static final Metadata.Key<String> WORKER = Metadata.Key.of("farm-worker", Metadata.ASCII_STRING_MARSHALLER);

    private Wire() {}
}
