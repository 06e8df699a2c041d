package io.farmhand.cli.input;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Words of the command line. */
public final class Words implements Source {
    private final long size;
    private final Iterator<String> words;

    /** Those words, in their order. */
    public Words(List<String> words) {
        this.size = words.size();
        this.words = List.copyOf(words).iterator();
    }

    @Override
    public @Nullable Entry next() {
        if (!words.hasNext()) {
            return null;
        }
        String word = words.next();
        return Entry.good(word, word, "");
    }

    @Override
    public long size() {
        return size;
    }
}
