package io.millrace.server.funnel;

import io.millrace.core.HotPath;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.log.AnsweredRows;

import java.lang.foreign.MemorySegment;

/**
 * The rows of answered items as the catalogue has them.
 *
 * @param ids knows the items by id
 * @param items their rows by ordinal
 */
@HotPath
record CatalogueRows(VectorIndex ids, ItemRowMirror items) implements AnsweredRows {
    @Override
    public MemorySegment memory() {
        return items.segment();
    }

    @Override
    public long offset(int index, long itemId) {
        return items.offset(ids.ordinalOf(itemId));
    }
}
