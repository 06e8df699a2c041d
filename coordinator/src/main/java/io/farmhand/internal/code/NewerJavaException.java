package io.farmhand.internal.code;

/** A jar was compiled for another Java than the workers run; the message names jar, class and both versions. */
public final class NewerJavaException extends Exception {
    private static final long serialVersionUID = 1;

    private NewerJavaException(String message) {
        super(message);
    }

    static NewerJavaException of(String jar, ClassVersion version, int workersJava) {
        String what = "The workers cannot run " + jar + ": class=" + version.className() + " was compiled for java="
                + version.java();
        if (version.preview()) {
            return new NewerJavaException(what + " with its preview features, which no other Java runs, and the workers"
                    + " have java=" + workersJava + ". Compile it for that one, or without --enable-preview.");
        }
        return new NewerJavaException(what + ", and the workers have java=" + workersJava + ". Compile it with"
                + " --release " + workersJava + ", or run the workers on Java " + version.java() + ".");
    }
}
