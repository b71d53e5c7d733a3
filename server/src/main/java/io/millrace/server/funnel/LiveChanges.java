package io.millrace.server.funnel;

import io.millrace.index.VectorIndex;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.server.change.ChangeTarget;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

/**
 * Makes changes while requests are answered: who reads an item that changes reads it again.
 *
 * <p>Threading: one thread at a time.
 */
final class LiveChanges implements ChangeTarget {
    private final RowChanges rows;
    private final ItemChanges changes;
    private final BundleRanker ranker;

    LiveChanges(RowChanges rows, ItemChanges changes, BundleRanker ranker) {
        this.rows = rows;
        this.changes = changes;
        this.ranker = ranker;
    }

    @Override
    public void apply(Request request, Answer answer) {
        int ordinal =
                request.scope() == FeatureScope.ITEM
                        ? rows.ordinalOf(request)
                        : VectorIndex.NO_ORDINAL;
        if (ordinal == VectorIndex.NO_ORDINAL) {
            rows.apply(request, answer);
            return;
        }
        changes.begin(ordinal);
        try {
            rows.apply(request, answer);
            ranker.refresh(ordinal);
        } finally {
            changes.end();
        }
    }
}
