package io.farmhand.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What stands behind the method on the command line: words, or sources of them, each behind a mark: {@code :::} words,
 * {@code ::::} files, and with a {@code +} in step with the source before.
 *
 * @param plain the words that stand there without a mark
 * @param marked the sources with marks
 */
record InputWords(List<String> plain, List<Source> marked) {
    private static final Set<String> MARKS = Set.of(":::", "::::", ":::+", "::::+");

    /**
     * One source.
     *
     * @param isFiles whether the words are names of files, whose lines are the inputs
     * @param isLinked whether it goes in step with the one before
     */
    record Source(List<String> words, boolean isFiles, boolean isLinked) {}

    static InputWords of(List<String> given) {
        List<String> plain = new ArrayList<>();
        List<Source> marked = new ArrayList<>();
        for (String word : given) {
            if (MARKS.contains(word)) {
                marked.add(new Source(new ArrayList<>(), word.startsWith("::::"), word.endsWith("+")));
            } else if (marked.isEmpty()) {
                plain.add(word);
            } else {
                marked.getLast().words.add(word);
            }
        }
        if (!plain.isEmpty() && !marked.isEmpty()) {
            throw new UsageException("inputs must stand behind :::, and '" + plain.getFirst() + "' stands before it");
        }
        if (!marked.isEmpty() && marked.getFirst().isLinked) {
            throw new UsageException("the first source cannot be in step with one before: write ::: for :::+");
        }
        return new InputWords(plain, marked);
    }

    boolean hasMarks() {
        return !marked.isEmpty();
    }

    /** All sources; the words without a mark are one. */
    List<Source> all() {
        return plain.isEmpty() ? marked : List.of(new Source(plain, false, false));
    }

    int sources() {
        return all().size();
    }
}
