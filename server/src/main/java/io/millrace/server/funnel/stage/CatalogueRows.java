package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.living.LivingItems;
import io.millrace.server.log.AnsweredRows;

import java.lang.foreign.MemorySegment;

/**
 * The rows of answered items as the catalogue has them.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
@HotPath
public final class CatalogueRows implements AnsweredRows {
    private final LivingItems ids;
    private final ItemRowMirror items;
    private final int[] ordinals;

    /**
     * Rows.
     *
     * @param parts has the items and knows them by id
     * @param ordinals the candidates of a request when it is answered, those that were ranked first
     */
    public CatalogueRows(FunnelParts parts, int[] ordinals) {
        this.ids = parts.living();
        this.items = parts.items();
        this.ordinals = ordinals;
    }

    @Override
    public MemorySegment memory() {
        return items.segment();
    }

    @Override
    public long offset(int index, long itemId) {
        return items.offset(ids.knownOrdinalOf(itemId));
    }

    @Override
    public int candidate(int index, long itemId, int ranked) {
        int ordinal = ids.knownOrdinalOf(itemId);
        for (int i = 0; i < ranked; i++) {
            if (ordinals[i] == ordinal) {
                return i;
            }
        }
        return NO_CANDIDATE;
    }
}
