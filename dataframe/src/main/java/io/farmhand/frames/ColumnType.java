package io.farmhand.frames;

/** What the cells of a CSV column are read as. */
public enum ColumnType {
    /** Whole numbers, primitive; no cell may be missing. */
    LONG,
    /** Numbers, primitive; NaN where a cell is missing. */
    DOUBLE,
    /** True and false; primitive, or objects with nulls where cells are missing. */
    BOOLEAN,
    /** Strings as they stand there; null where a cell is missing. */
    TEXT
}
