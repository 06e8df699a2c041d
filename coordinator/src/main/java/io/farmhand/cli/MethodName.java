package io.farmhand.cli;

/**
 * The name of a method as the user writes it.
 *
 * @param className with dots, as in a source file or as {@link Class#getName()} has it
 * @param methodName its simple name
 */
record MethodName(String className, String methodName) {
    /** Reads {@code a.b.C::m}, as well as {@code a.b.C#m} and {@code a.b.C.m}. */
    static MethodName parse(String text) {
        for (String separator : new String[]{"::", "#", "."}) {
            int at = text.lastIndexOf(separator);
            if (at > 0 && at + separator.length() < text.length()) {
                return new MethodName(text.substring(0, at), text.substring(at + separator.length()));
            }
        }
        throw new UsageException("'" + text + "' names no method: write Class::method, as in com.acme.Score::line");
    }

    @Override
    public String toString() {
        return className + "::" + methodName;
    }
}
