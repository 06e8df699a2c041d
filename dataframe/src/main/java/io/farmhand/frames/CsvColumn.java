package io.farmhand.frames;

import java.util.Arrays;
import java.util.Set;
import org.dflib.Series;
import org.jspecify.annotations.Nullable;

/**
 * The cells of one column of a CSV file as they are read, kept as what all of them can be so far. Owned by one reader.
 *
 * <p>A column that turns out to be text after numbers were read has lost how those were written: it is {@link #isSpoiled},
 * and must be read again as text.
 */
final class CsvColumn {
    private static final int FIRST_CAPACITY = 1024;
    private static final byte FALSE = 0;
    private static final byte TRUE = 1;
    private static final byte NULL = 2;

    /** In which array the cells are. */
    private enum Form {
        NONE,
        LONGS,
        DOUBLES,
        BOOLEANS,
        TEXTS
    }

    private final String label;
    private final @Nullable ColumnType wanted;
    private final CsvCell cell;
    private final KnownTexts known = new KnownTexts();

    private Form form = Form.NONE;
    private FoundType found = FoundType.MISSING;
    private boolean spoiled;
    private int size;
    private long[] longs = {};
    private double[] doubles = {};
    private byte[] booleans = {};
    private @Nullable String[] texts = {};

    /** @param wanted what it is read as; null for what it looks like */
    CsvColumn(String label, @Nullable ColumnType wanted, Set<String> missing) {
        this.label = label;
        this.wanted = wanted;
        this.cell = new CsvCell(missing);
        if (wanted == ColumnType.TEXT) {
            become(Form.TEXTS);
            found = FoundType.TEXT;
        }
    }

    String label() {
        return label;
    }

    FoundType found() {
        return found;
    }

    /** Whether text came after other cells, which are lost. */
    boolean isSpoiled() {
        return spoiled;
    }

    /**
     * Takes the next cell.
     *
     * @return null, or why it cannot be what is wanted
     */
    @Nullable
    String add(char[] buffer, int offset, int length) {
        if (spoiled) {
            size++;
            return null;
        }
        if (form == Form.TEXTS) {
            String text = known.text(buffer, offset, length);
            append(cell.isMissing(text) ? null : text);
            return null;
        }
        FoundType type = cell.look(buffer, offset, length);
        found = size == 0 ? type : found.and(type);
        switch (type) {
            case WHOLE, LARGE, NUMBER -> addNumber(type);
            case BOOLEAN -> addBoolean();
            case MISSING, WHOLE_OR_MISSING -> addMissing();
            case TEXT -> addFirstText(new String(buffer, offset, length));
        }
        return wanted == null || fits(wanted, type) ? null : problem(buffer, offset, length);
    }

    private static boolean fits(ColumnType wanted, FoundType type) {
        return switch (wanted) {
            case LONG -> type == FoundType.WHOLE;
            case DOUBLE -> type.isNumeric() || type == FoundType.MISSING;
            case BOOLEAN -> type == FoundType.BOOLEAN || type == FoundType.MISSING;
            case TEXT -> true;
        };
    }

    private String problem(char[] buffer, int offset, int length) {
        return "column=" + label + " has cell=" + Labels.shown(new String(buffer, offset, length))
                + ", which is no " + wanted + ". Mend that cell, or read the column as another type.";
    }

    // ---- cells ----

    private void addNumber(FoundType type) {
        if (form == Form.BOOLEANS) {
            spoil();
        } else if (type == FoundType.WHOLE && form != Form.DOUBLES && (form == Form.LONGS || size == 0)) {
            become(Form.LONGS);
            append(cell.whole());
        } else {
            become(Form.DOUBLES);
            append(type == FoundType.WHOLE ? (double) cell.whole() : cell.number());
        }
    }

    private void addBoolean() {
        if (form == Form.LONGS || form == Form.DOUBLES) {
            spoil();
        } else {
            become(Form.BOOLEANS);
            append(cell.truth() ? TRUE : FALSE);
        }
    }

    private void addMissing() {
        switch (form) {
            case NONE -> size++;
            case LONGS, DOUBLES -> {
                become(Form.DOUBLES);
                append(Double.NaN);
            }
            case BOOLEANS -> append(NULL);
            case TEXTS -> append((String) null);
        }
    }

    private void addFirstText(String text) {
        if (form == Form.NONE) {
            become(Form.TEXTS);
            append(text);
        } else {
            spoil();
        }
    }

    /** Gives up what was read: it may not be what stood there. */
    private void spoil() {
        spoiled = true;
        found = FoundType.TEXT;
        size++;
        longs = new long[0];
        doubles = new double[0];
        booleans = new byte[0];
    }

    // ---- arrays ----

    /** Goes over to another array; what was missing so far is missing there, and longs become doubles. */
    private void become(Form next) {
        if (form == next) {
            return;
        }
        int capacity = Math.max(FIRST_CAPACITY, size);
        switch (next) {
            case LONGS -> longs = new long[capacity];
            case DOUBLES -> {
                doubles = new double[Math.max(capacity, longs.length)];
                for (int i = 0; i < size; i++) {
                    doubles[i] = form == Form.LONGS ? longs[i] : Double.NaN;
                }
                longs = new long[0];
            }
            case BOOLEANS -> {
                booleans = new byte[capacity];
                Arrays.fill(booleans, 0, size, NULL);
            }
            case TEXTS -> texts = new @Nullable String[capacity];
            case NONE -> throw new AssertionError();
        }
        form = next;
    }

    private void append(long value) {
        if (size == longs.length) {
            longs = Arrays.copyOf(longs, grown());
        }
        longs[size++] = value;
    }

    private void append(double value) {
        if (size == doubles.length) {
            doubles = Arrays.copyOf(doubles, grown());
        }
        doubles[size++] = value;
    }

    private void append(byte value) {
        if (size == booleans.length) {
            booleans = Arrays.copyOf(booleans, grown());
        }
        booleans[size++] = value;
    }

    private void append(@Nullable String value) {
        if (size == texts.length) {
            texts = Arrays.copyOf(texts, grown());
        }
        texts[size++] = value;
    }

    private int grown() {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE - 8L, Math.max(FIRST_CAPACITY, 2L * size)));
    }

    /** What was read: primitives where all cells are that, nulls where none is anything. Nothing of use when spoiled. */
    Series<?> series() {
        if (spoiled) {
            return Series.ofVal(null, size);
        }
        return switch (form) {
            case NONE -> Series.ofVal(null, size);
            case LONGS -> Series.ofLong(Arrays.copyOf(longs, size));
            case DOUBLES -> Series.ofDouble(Arrays.copyOf(doubles, size));
            case BOOLEANS -> booleanSeries();
            case TEXTS -> Series.of(Arrays.copyOf(texts, size));
        };
    }

    private Series<?> booleanSeries() {
        boolean[] primitive = new boolean[size];
        for (int i = 0; i < size; i++) {
            if (booleans[i] == NULL) {
                return boxedBooleans();
            }
            primitive[i] = booleans[i] == TRUE;
        }
        return Series.ofBool(primitive);
    }

    private Series<?> boxedBooleans() {
        @Nullable
        Object[] boxed = new @Nullable Object[size];
        for (int i = 0; i < size; i++) {
            boxed[i] = booleans[i] == NULL ? null : booleans[i] == TRUE;
        }
        return Series.of(boxed);
    }
}
