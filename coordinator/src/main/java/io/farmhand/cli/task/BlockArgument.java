package io.farmhand.cli.task;

import io.farmhand.internal.records.RecordBlock;
import io.farmhand.internal.records.RecordRange;
import io.farmhand.internal.records.RecordReader;
import java.io.IOException;
import java.util.List;

/**
 * A block of records for one {@code List<String>}: a {@link RecordBlock}, or a {@link RecordRange} of a file, which the worker
 * reads itself.
 *
 * @param maxRecordBytes how long a record of a file may be
 */
public record BlockArgument(long maxRecordBytes) implements Arguments {
    @Override
    public Object[] read(Object sent, List<Class<?>> types) throws IOException {
        return new Object[]{switch (sent) {
            case RecordBlock block -> block.texts();
            case RecordRange range -> texts(range);
            default -> throw new IllegalArgumentException("no block: " + sent.getClass().getName());
        }};
    }

    private List<String> texts(RecordRange range) throws IOException {
        try (RecordReader reader = range.read(maxRecordBytes)) {
            return reader.texts();
        }
    }
}
