package io.farmhand.internal.code;

/**
 * A version of class files that a jar holds, with one class that has it.
 *
 * @param release the Java from which on the class is in use: N in {@code META-INF/versions/N} of a multi-release jar,
 *     else 0
 * @param java the oldest Java that loads it
 * @param preview whether it uses preview features: then no other Java loads it
 * @param className one such class
 */
public record ClassVersion(int release, int java, boolean preview, String className) {
    /** The version of class files of Java 1; each Java since has the next one. */
    private static final int BEFORE_FIRST = 44;
    /** The minor version of class files with preview features. */
    private static final int PREVIEW = 0xffff;

    static ClassVersion of(int release, int majorVersion, int minorVersion, String className) {
        return new ClassVersion(release, majorVersion - BEFORE_FIRST, minorVersion == PREVIEW, className);
    }

    /** Whether workers of this Java load the class, or leave it alone. */
    boolean suits(int workersJava) {
        return release > workersJava || (preview ? java == workersJava : java <= workersJava);
    }
}
