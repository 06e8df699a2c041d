package io.farmhand.internal.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.farmhand.internal.proto.Failure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Why an item has no value, as a worker tells it.
 *
 * @param stage at which stage it failed
 * @param type the class name of the exception
 * @param message the exception's message, or what to do
 * @param stack the stack on the worker, as text
 * @param preview the argument as text, cut short; empty where it could not be read
 * @param exception the exception as an encoded value; empty where it could not be encoded
 */
public record TaskFailure(Stage stage, String type, String message, String stack, String preview,
        ByteBuffer exception) {

    /** The stages of an item's way through a worker. */
    public enum Stage {
        /** The function itself could not be read. */
        READING_FUNCTION(Failure.Kind.FUNCTION_UNREADABLE),
        /** The argument could not be read. */
        READING_ARGUMENT(Failure.Kind.ARGUMENT_UNREADABLE),
        /** The function threw. */
        RUNNING(Failure.Kind.THROWN),
        /** The result could not be written. */
        WRITING_RESULT(Failure.Kind.RESULT_UNWRITABLE),
        /** The encoded result is over the limit. */
        RESULT_TOO_LARGE(Failure.Kind.RESULT_TOO_LARGE);

        private final Failure.Kind kind;

        Stage(Failure.Kind kind) {
            this.kind = kind;
        }

        private static Stage of(Failure.Kind kind) {
            for (Stage stage : values()) {
                if (stage.kind == kind) {
                    return stage;
                }
            }
            throw new ProtocolViolation("unknown kind of failure: " + kind);
        }
    }

    /** The body of an item that is tagged as a failure. */
    public byte[] encode() {
        return Failure.newBuilder()
                .setKind(stage.kind)
                .setType(type)
                .setMessage(message)
                .setStack(stack)
                .setPreview(preview)
                .setException(UnsafeByteOperations.unsafeWrap(exception.duplicate()))
                .build()
                .toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws ProtocolViolation when it is not that
     */
    public static TaskFailure decode(ByteBuffer body) {
        try {
            Failure failure = Failure.parseFrom(ByteString.copyFrom(body.duplicate()));
            return new TaskFailure(Stage.of(failure.getKind()), failure.getType(), failure.getMessage(),
                    failure.getStack(), failure.getPreview(),
                    failure.getException().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolViolation("a failure cannot be read: " + e.getMessage());
        }
    }
}
