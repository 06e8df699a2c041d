package io.farmhand.internal.records;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * How the characters of a file stand in its bytes, as far as finding records needs to know.
 *
 * <p>In supersets of ASCII (UTF-8, Latin-1, ...) a byte of ASCII is that character wherever it stands, so records are
 * found byte by byte. In UTF-16 they are found by units of two bytes.
 *
 * @param name of the charset
 * @param unitBytes 1 or 2: the step by which characters are found
 * @param bigEndian which byte of two comes first
 * @param markBytes how long the byte order mark is with which the text begins; 0 for none
 */
public record Encoding(String name, int unitBytes, boolean bigEndian, int markBytes) implements Serializable {
    /** The longest byte order mark, of UTF-32. */
    private static final int MOST_MARK_BYTES = 4;
    /** From here on, bytes of ASCII may be parts of other characters in charsets of more bytes, such as Shift_JIS. */
    private static final int FIRST_AMBIGUOUS = 0x40;

    /**
     * The encoding of text that begins with these bytes: a byte order mark says it, else what was declared holds.
     *
     * @param declared the charset where there is no mark; {@code UTF-16} is then big-endian, as Java has it
     * @param head the first four bytes, or all if there are fewer
     * @throws IllegalArgumentException when records cannot be found in that charset
     */
    public static Encoding of(Charset declared, byte[] head) {
        if (begins(head, 0, 0, 0xFE, 0xFF) || begins(head, 0xFF, 0xFE, 0, 0)) {
            throw unusable(Charset.forName("UTF-32"));
        }
        if (begins(head, 0xEF, 0xBB, 0xBF)) {
            return new Encoding(StandardCharsets.UTF_8.name(), 1, false, 3);
        }
        if (begins(head, 0xFF, 0xFE)) {
            return wide(false, 2);
        }
        if (begins(head, 0xFE, 0xFF)) {
            return wide(true, 2);
        }
        return switch (declared.name()) {
            case "UTF-16", "UTF-16BE" -> wide(true, 0);
            case "UTF-16LE" -> wide(false, 0);
            default -> {
                if (!isSupersetOfAscii(declared)) {
                    throw unusable(declared);
                }
                yield new Encoding(declared.name(), 1, false, 0);
            }
        };
    }

    /** As {@link #of}, of a file. */
    public static Encoding of(Charset declared, Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return of(declared, in.readNBytes(MOST_MARK_BYTES));
        }
    }

    /** As {@link #of}, of a stream that can go back; it stands behind the byte order mark then. */
    public static Encoding of(Charset declared, InputStream in) throws IOException {
        in.mark(MOST_MARK_BYTES);
        byte[] head = head(in);
        in.reset();
        Encoding encoding = of(declared, head);
        in.skipNBytes(encoding.markBytes());
        return encoding;
    }

    /** What a mark may be made of, and no more: nobody is to wait for the second byte of a text that has none. */
    private static byte[] head(InputStream in) throws IOException {
        int first = in.read();
        if (first < 0) {
            return new byte[0];
        }
        boolean mayBeMark = first == 0 || first == 0xEF || first >= 0xFE;
        byte[] rest = mayBeMark ? in.readNBytes(MOST_MARK_BYTES - 1) : new byte[0];
        byte[] head = new byte[1 + rest.length];
        head[0] = (byte) first;
        System.arraycopy(rest, 0, head, 1, rest.length);
        return head;
    }

    private static Encoding wide(boolean bigEndian, int markBytes) {
        Charset charset = bigEndian ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
        return new Encoding(charset.name(), 2, bigEndian, markBytes);
    }

    private static boolean begins(byte[] head, int... mark) {
        if (head.length < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((head[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSupersetOfAscii(Charset charset) {
        byte[] ascii = new byte[0x80];
        for (int i = 0; i < ascii.length; i++) {
            ascii[i] = (byte) i;
        }
        // Those of ISO 2022 begin as ASCII and shift to other meanings of the same bytes.
        boolean shifts = charset.name().toUpperCase(Locale.ROOT).contains("2022") || !charset.canEncode();
        return !shifts && new String(ascii, charset).equals(new String(ascii, StandardCharsets.US_ASCII))
                && Arrays.equals(new String(ascii, StandardCharsets.US_ASCII).getBytes(charset), ascii);
    }

    private static IllegalArgumentException unusable(Charset charset) {
        return new IllegalArgumentException("Records cannot be found in charset=" + charset.name()
                + ": it must be UTF-8, UTF-16 or one that has ASCII in single bytes. Convert the file first:"
                + " iconv -f " + charset.name() + " -t UTF-8");
    }

    /**
     * Refuses a format whose characters may be parts of others here.
     *
     * @throws IllegalArgumentException when it has such
     */
    public void check(RecordFormat format) {
        boolean ambiguous = format.separator() >= FIRST_AMBIGUOUS || format.quote() >= FIRST_AMBIGUOUS;
        if (ambiguous && unitBytes == 1 && !name.equals(StandardCharsets.UTF_8.name())
                && charset().newEncoder().maxBytesPerChar() > 1) {
            throw new IllegalArgumentException("separator=" + format.separator() + " and quote=" + format.quote()
                    + " may be parts of other characters in charset=" + name + ". Convert the file to UTF-8 first.");
        }
    }

    /** The charset, without byte order mark. */
    public Charset charset() {
        return Charset.forName(name);
    }

    /**
     * Makes text of bytes.
     *
     * @throws CharacterCodingException when they are none in this charset
     */
    public String decode(byte[] bytes, int from, int to) throws CharacterCodingException {
        Charset charset = charset();
        String text = new String(bytes, from, to - from, charset);
        // What cannot be read becomes that character, which may also stand there of itself.
        return text.indexOf('\uFFFD') < 0
                ? text
                : charset.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from)).toString();
    }

    int highByte() {
        return bigEndian ? 0 : 1;
    }
}
