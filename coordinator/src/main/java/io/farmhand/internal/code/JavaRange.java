package io.farmhand.internal.code;

import java.util.List;

/**
 * The Javas that run some code.
 *
 * @param oldest the feature version of the oldest that does; 0 for any
 * @param newest that of the newest, as for code with preview features; 0 for any
 */
public record JavaRange(int oldest, int newest) {
    /** Those that run classes of all these versions. */
    static JavaRange of(List<ClassVersion> versions) {
        int oldest = 0;
        int newest = Integer.MAX_VALUE;
        for (ClassVersion version : versions) {
            if (version.java() > version.release()) { // else nobody who is too old looks at it
                oldest = Math.max(oldest, version.java());
            }
            if (version.preview()) {
                newest = Math.min(newest, Math.max(version.java(), version.release() - 1));
            }
        }
        return new JavaRange(oldest, newest == Integer.MAX_VALUE ? 0 : newest);
    }

    /** Whether this Java runs it. */
    public boolean has(int java) {
        return java >= oldest && (newest == 0 || java <= newest);
    }

    @Override
    public String toString() {
        if (newest == 0) {
            return "java=" + oldest + " or later";
        }
        return oldest == newest
                ? "java=" + oldest + " and no other, for its preview features"
                : "java from " + oldest + " to " + newest;
    }
}
