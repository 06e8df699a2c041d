package io.farmhand.cli.input;

import io.farmhand.internal.records.RecordBlock;
import io.farmhand.internal.records.RecordBlocks;
import io.farmhand.internal.records.RecordFormat;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Blocks of whole records of some texts. */
public final class Blocks extends TextSource<RecordBlocks> {
    private final RecordFormat format;
    private final long blockBytes;
    private final long maxRecordBytes;

    /**
     * Makes them; nothing is opened yet.
     *
     * @param blockBytes how long a block is to be
     * @param maxRecordBytes how long a record may be
     */
    public Blocks(List<TextFile> texts, RecordFormat format, long blockBytes, long maxRecordBytes) {
        super(texts);
        this.format = format;
        this.blockBytes = blockBytes;
        this.maxRecordBytes = maxRecordBytes;
    }

    @Override
    RecordBlocks open(TextFile text) throws IOException {
        TextFile.Opened opened = text.open();
        return new RecordBlocks(opened.in(), format, opened.encoding(), blockBytes, maxRecordBytes);
    }

    @Override
    @Nullable
    Entry next(RecordBlocks blocks, String name) throws IOException {
        RecordBlock block = blocks.next();
        if (block == null) {
            return null;
        }
        String place = name + " line " + block.firstLine();
        return Entry.good(block, place + ", " + block.sizeBytes() + " bytes", place);
    }
}
