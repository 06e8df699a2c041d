package io.farmhand.sync;

/**
 * Says of a call of an object that lives in another process that it failed there. It stands at the end of the causes of the
 * exception that the object threw; where that cannot be had here, or the call did not get as far, this one is thrown in its
 * place. As Python's {@code multiprocessing.managers.RemoteError}.
 */
public final class RemoteCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remoteType;
    private final String remoteStack;

    /**
     * @param message what failed
     * @param remoteType the class name of what was thrown there
     * @param remoteStack the stack there, as text
     */
    public RemoteCallException(String message, String remoteType, String remoteStack) {
        super(message);
        this.remoteType = remoteType;
        this.remoteStack = remoteStack;
    }

    /** The class name of what was thrown there. */
    public String remoteType() {
        return remoteType;
    }

    /** The stack there, as {@code printStackTrace} has it. */
    public String remoteStack() {
        return remoteStack;
    }
}
