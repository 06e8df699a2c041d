package io.farmhand.internal.serial;

/** A value whose encoding is longer than the limit. Writing stopped there, so its full length is not known. */
public final class ValueTooLargeException extends UnwritableValueException {
    private static final long serialVersionUID = 1;

    private final long limit;

    ValueTooLargeException(String name, long limit, Throwable cause) {
        super("Cannot serialize " + name + ": its encoding is longer than the limit, limitBytes=" + limit
                + ". Send less in one item (split it, or send the name of a file), or raise maxPayload.", name,
                cause);
        this.limit = limit;
    }

    /** The limit that was passed, in bytes of tag and body. */
    public long limit() {
        return limit;
    }
}
