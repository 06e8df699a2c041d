package io.farmhand.internal.code;

import java.util.regex.Pattern;

/** Names of jars, which may come from another host and are part of paths and class paths here. Stateless. */
final class JarNames {
    private static final String SUFFIX = ".jar";
    /** Shorter than any file system's bound, and long enough for a person. */
    private static final int MAX_CHARS = 100;
    /** What means nothing in a path, in a URL or on a class path, anywhere. */
    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._+-]");
    private static final Pattern LEADING = Pattern.compile("^[.-]+");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private JarNames() {}

    /** A file name for a jar, whatever it is called elsewhere: it stays readable if it was. */
    static String safe(String name) {
        String cut = name.length() > 4 * MAX_CHARS ? name.substring(name.length() - 4 * MAX_CHARS) : name;
        String stem = UNSAFE.matcher(cut.endsWith(SUFFIX) ? cut.substring(0, cut.length() - SUFFIX.length()) : cut)
                .replaceAll("_");
        String last = stem.length() > MAX_CHARS ? stem.substring(stem.length() - MAX_CHARS) : stem;
        String visible = LEADING.matcher(last).replaceFirst("");
        return (visible.isEmpty() ? "code" : visible) + SUFFIX;
    }

    /**
     * Refuses what is no SHA-256.
     *
     * @throws IllegalArgumentException when it is not 64 digits, lower-case hexadecimal
     */
    static String checkedHash(String sha256) {
        if (!SHA256.matcher(sha256).matches()) {
            String shown = sha256.length() > MAX_CHARS ? sha256.substring(0, MAX_CHARS) + "…" : sha256;
            throw new IllegalArgumentException("sha256=" + UNSAFE.matcher(shown).replaceAll("_")
                    + " is not 64 hexadecimal digits in lower case");
        }
        return sha256;
    }
}
