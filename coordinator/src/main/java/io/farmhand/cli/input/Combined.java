package io.farmhand.cli.input;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several sources, one word of each for each input: all combinations, of which the last source's words change fastest, or
 * in step. All but the words themselves is read at the first look.
 */
public final class Combined implements Source {
    /** More would not be a product that anybody has meant. */
    private static final long MOST = Long.MAX_VALUE >> 1;

    private final List<List<Source>> groups;
    /** For each group as many words at each place as it has sources; null before the first look. */
    private @Nullable List<List<List<Entry>>> read;
    /** How many inputs there are; known with what was read. */
    private long total;
    private long next;

    /** @param groups the sources of each group go in step, shorter ones from their beginning again; groups are combined */
    public Combined(List<List<Source>> groups) {
        this.groups = groups.stream().map(List::copyOf).toList();
    }

    private List<List<List<Entry>>> read() throws IOException {
        List<List<List<Entry>>> known = read;
        if (known == null) {
            known = new ArrayList<>();
            total = 1;
            for (List<Source> group : groups) {
                List<List<Entry>> rows = inStep(group);
                total = times(total, rows.size());
                known.add(rows);
            }
            read = known;
        }
        return known;
    }

    private static List<List<Entry>> inStep(List<Source> group) throws IOException {
        List<List<Entry>> columns = new ArrayList<>();
        int longest = 0;
        for (Source source : group) {
            List<Entry> column = new ArrayList<>();
            for (Entry entry = source.next(); entry != null; entry = source.next()) {
                column.add(entry);
            }
            columns.add(column);
            longest = Math.max(longest, column.size());
        }
        List<List<Entry>> rows = new ArrayList<>();
        boolean isEmpty = columns.stream().anyMatch(List::isEmpty);
        for (int i = 0; i < longest && !isEmpty; i++) {
            int row = i;
            rows.add(columns.stream().map(column -> column.get(row % column.size())).toList());
        }
        return rows;
    }

    @Override
    public @Nullable Entry next() throws IOException {
        List<List<List<Entry>>> rows = read();
        if (next >= total) {
            return null;
        }
        List<Entry> words = new ArrayList<>();
        long rest = next++;
        for (List<List<Entry>> group : rows.reversed()) {
            words.addAll(0, group.get((int) (rest % group.size())));
            rest /= group.size();
        }
        for (Entry word : words) {
            if (!word.problem().isEmpty()) {
                return word;
            }
        }
        String place = words.stream().map(Entry::place).filter(each -> !each.isEmpty())
                .collect(Collectors.joining(", "));
        return Entry.good(words.stream().map(Entry::text).toArray(String[]::new),
                words.stream().map(Entry::text).collect(Collectors.joining(" ")), place);
    }

    private static long times(long product, long factor) {
        return product > MOST / Math.max(1, factor) ? MOST : product * factor;
    }

    /** How many there are, where all sources know how many they have. */
    @Override
    public long size() {
        long product = 1;
        for (List<Source> group : groups) {
            long longest = 0;
            for (Source source : group) {
                if (source.size() < 0) {
                    return UNKNOWN;
                }
                longest = Math.max(longest, source.size());
            }
            product = times(product, longest);
        }
        return product;
    }

    @Override
    public void close() throws IOException {
        for (List<Source> group : groups) {
            for (Source source : group) {
                source.close();
            }
        }
    }
}
