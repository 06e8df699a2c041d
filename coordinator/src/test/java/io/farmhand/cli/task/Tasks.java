package io.farmhand.cli.task;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Methods to map. */
final class Tasks {
    private Tasks() {}

    static String text(String text) {
        return text + "!";
    }

    static int twice(int number) {
        return 2 * number;
    }

    static Long boxed(Long number) {
        return number + 1;
    }

    static boolean not(boolean flag) {
        return !flag;
    }

    static double half(double number) {
        return number / 2;
    }

    static String over(String text) {
        return "String";
    }

    static String over(Path path) {
        return "Path";
    }

    static String over(File file) {
        return "File";
    }

    static String number(int number) {
        return "int";
    }

    static String number(double number) {
        return "double";
    }

    static String number(long number) {
        return "long";
    }

    static String two(String first, String second) {
        return first + second;
    }

    static String row(Map<String, String> row) {
        return row.toString();
    }

    static String named(Named named) {
        return named.toString();
    }

    static String block(List<String> block) {
        return block.toString();
    }

    static String none() {
        return "";
    }

    static void quiet(String text) {}

    static String fail(String text) {
        throw new IllegalStateException("boom " + text);
    }

    String member(String text) {
        return text;
    }

    /** A row. */
    record Named(String firstName, int age) {}

    /** A class that cannot be initialized, nor need be to be found. */
    static final class Nested {
        static final String BROKEN = fail("at initialization");

        private Nested() {}

        static String hidden(String text) {
            return "<" + text + ">";
        }
    }
}
