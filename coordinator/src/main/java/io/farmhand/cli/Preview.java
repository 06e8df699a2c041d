package io.farmhand.cli;

import io.farmhand.cli.input.Input;

/** How an input is shown in a message. Stateless. */
final class Preview {
    private static final int LENGTH = 60;

    private Preview() {}

    /** Where it comes from, and what it is, shortened. */
    static String of(Input input) {
        String text = input.text();
        String quoted = text.length() <= LENGTH ? text : text.substring(0, LENGTH) + "…";
        String shown = "\""
                + quoted.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r")
                        .replace("\t", "\\t")
                + "\"";
        if (input.place().isEmpty() || text.startsWith(input.place())) {
            return input.place().isEmpty() ? shown : text;
        }
        return text.isEmpty() ? input.place() : input.place() + ": " + shown;
    }
}
