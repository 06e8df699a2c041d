package io.farmhand.cache;

import java.math.BigDecimal;
import java.util.HexFormat;

/** What is told to people of a result, as JSON; nothing is read from it. Stateless. */
final class Metadata {
    private Metadata() {}

    static String json(CacheEntry entry, FunctionId id, EntryFile.Content content) {
        StringBuilder json = new StringBuilder("{\n");
        string(json, "function", entry.function());
        string(json, "arguments", entry.arguments());
        string(json, "functionHash", id.hash());
        string(json, "storedAt", entry.storedAt().toString());
        value(json, "seconds", BigDecimal.valueOf(entry.took().toNanos() / 1000, 6).toPlainString());
        value(json, "mapped", Boolean.toString(content.mapped() != null));
        value(json, "compressed", Boolean.toString(content.compression() > 0));
        value(json, "bytes", Long.toString(entry.sizeBytes()));
        json.setLength(json.length() - 2); // the last comma
        return json.append("\n}\n").toString();
    }

    private static void string(StringBuilder json, String name, String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                quoted.append(c);
            }
        }
        value(json, name, quoted.append('"').toString());
    }

    private static void value(StringBuilder json, String name, String value) {
        json.append("  \"").append(name).append("\": ").append(value).append(",\n");
    }
}
