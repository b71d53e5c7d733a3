package io.millrace.ranker.store;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Reads rows of one store. A row is never half of one version and half of another, and reading it
 * writes to no file: it waits for no disk, but for the copying of a row that is just being changed.
 *
 * <p>Threading: one thread. Allocation: none.
 *
 * <p>Ownership: of no use after the store is closed; needs no closing itself.
 */
public final class RowReader {
    private final RowIndex index;
    private final int rowBytes;

    RowReader(RowIndex index, int rowBytes) {
        this.index = index;
        this.rowBytes = rowBytes;
    }

    /**
     * Copies a row.
     *
     * @param id the caller's id.
     * @param target memory to copy it to.
     * @param offset where the row is to begin, in bytes.
     * @return false when there is no such row; the target is then untouched.
     */
    @HotPath
    public boolean readInto(long id, MemorySegment target, long offset) {
        return index.copy(id, target, offset, rowBytes);
    }
}
