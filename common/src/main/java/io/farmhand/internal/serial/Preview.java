package io.farmhand.internal.serial;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value as one short line of text, for messages.
 *
 * <p>It runs the value's {@code toString}, which is user code: never on the dispatcher. Arrays and the JDK's
 * collections are shown by their first elements, so that a million of them are not put into words to show ten.
 */
public final class Preview {
    private static final int MAX_CHARS = 80;
    private static final int MAX_ELEMENTS = 6;
    private static final int MAX_NESTING = 2;
    private static final String CUT = "…";

    private Preview() {}

    /** The value in at most 80 characters, without line breaks. Never throws, whatever its {@code toString} does. */
    public static String of(@Nullable Object value) {
        try {
            StringBuilder text = new StringBuilder();
            append(text, value, 0);
            return line(text.toString(), MAX_CHARS);
        } catch (Throwable e) {
            return line(Names.of(value) + " (cannot be shown: " + Names.of(e.getClass()) + ")", MAX_CHARS);
        }
    }

    /** The text on one line: what would break or hide it is escaped, what is too long is cut. */
    static String line(String text, int maxChars) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length() && line.length() <= maxChars; i++) {
            appendEscaped(line, text.charAt(i));
        }
        if (line.length() > maxChars) {
            int end = maxChars - CUT.length();
            if (Character.isHighSurrogate(line.charAt(end - 1))) {
                end--;
            }
            line.setLength(end);
            line.append(CUT);
        }
        return line.toString();
    }

    private static void appendEscaped(StringBuilder line, char character) {
        switch (character) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                int type = Character.getType(character);
                if (type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR
                        || type == Character.PARAGRAPH_SEPARATOR) {
                    line.append(String.format("\\u%04x", (int) character));
                } else {
                    line.append(character);
                }
            }
        }
    }

    private static void append(StringBuilder text, @Nullable Object value, int nesting) {
        if (value == null) {
            text.append("null");
        } else if (value instanceof String string) {
            appendQuoted(text, string);
        } else if (value instanceof Character character) {
            text.append('\'').append(character).append('\'');
        } else if (value instanceof Pair pair) {
            append(text, pair.first(), nesting + 1);
            text.append(", ");
            append(text, pair.second(), nesting + 1);
        } else if (value.getClass().isArray()) {
            appendArray(text, value, nesting);
        } else if (value.getClass().getClassLoader() == null && value instanceof Collection<?> collection) {
            appendCollection(text, collection, nesting);
        } else if (value.getClass().getClassLoader() == null && value instanceof Map<?, ?> map) {
            appendMap(text, map, nesting);
        } else {
            appendOther(text, value);
        }
    }

    private static void appendOther(StringBuilder text, Object value) {
        String own;
        try {
            own = value.toString();
        } catch (Throwable e) {
            text.append(Names.of(value)).append(" (its toString threw ").append(Names.of(e.getClass())).append(')');
            return;
        }
        if (own == null) {
            text.append(Names.of(value)).append(" (its toString gave null)");
        } else {
            text.append(own, 0, Math.min(own.length(), MAX_CHARS + 1));
        }
    }

    private static void appendQuoted(StringBuilder text, String string) {
        text.append('"').append(string, 0, Math.min(string.length(), MAX_CHARS + 1)).append('"');
    }

    private static void appendArray(StringBuilder text, Object array, int nesting) {
        int length = Array.getLength(array);
        String component = array.getClass().getComponentType().getTypeName();
        text.append(component.substring(component.lastIndexOf('.') + 1)).append('[').append(length).append("] {");
        if (nesting >= MAX_NESTING) {
            text.append(length == 0 ? "}" : CUT + "}");
            return;
        }
        int shown = Math.min(length, MAX_ELEMENTS);
        for (int i = 0; i < shown; i++) {
            text.append(i == 0 ? "" : ", ");
            append(text, Array.get(array, i), nesting + 1);
        }
        text.append(shown < length ? ", " + CUT + "}" : "}");
    }

    private static void appendCollection(StringBuilder text, Collection<?> collection, int nesting) {
        int size = collection.size();
        text.append(collection.getClass().getSimpleName()).append('(').append(size).append(") [");
        int shown = 0;
        Iterator<?> elements = collection.iterator();
        while (nesting < MAX_NESTING && shown < MAX_ELEMENTS && elements.hasNext()) {
            text.append(shown == 0 ? "" : ", ");
            append(text, elements.next(), nesting + 1);
            shown++;
        }
        text.append(shown == size ? "]" : (shown == 0 ? "" : ", ") + CUT + "]");
    }

    private static void appendMap(StringBuilder text, Map<?, ?> map, int nesting) {
        int size = map.size();
        text.append(map.getClass().getSimpleName()).append('(').append(size).append(") {");
        int shown = 0;
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (nesting < MAX_NESTING && shown < MAX_ELEMENTS && entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            text.append(shown == 0 ? "" : ", ");
            append(text, entry.getKey(), nesting + 1);
            text.append('=');
            append(text, entry.getValue(), nesting + 1);
            shown++;
        }
        text.append(shown == size ? "}" : (shown == 0 ? "" : ", ") + CUT + "}");
    }
}
