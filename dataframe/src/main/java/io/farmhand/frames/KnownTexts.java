package io.farmhand.frames;

import org.jspecify.annotations.Nullable;

/** Remembers strings, for the same ones come again and again in a column. Owned by one column. */
final class KnownTexts {
    /** A power of two. Larger holds memory, smaller makes strings twice. */
    private static final int REMEMBERED = 1 << 10;
    private static final int LONGEST = 64;

    private final @Nullable String[] remembered = new @Nullable String[REMEMBERED];

    /** A string of these characters; one that was made before if it is remembered. */
    String text(char[] buffer, int offset, int length) {
        if (length > LONGEST) {
            return new String(buffer, offset, length);
        }
        int hash = 0;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + buffer[i];
        }
        int place = (hash ^ (hash >>> 16)) & (REMEMBERED - 1);
        String known = remembered[place];
        if (known == null || !isSame(known, buffer, offset, length)) {
            known = new String(buffer, offset, length);
            remembered[place] = known;
        }
        return known;
    }

    private static boolean isSame(String text, char[] buffer, int offset, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != buffer[offset + i]) {
                return false;
            }
        }
        return true;
    }
}
