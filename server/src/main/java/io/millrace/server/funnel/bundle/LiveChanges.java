package io.millrace.server.funnel.bundle;

import io.millrace.index.VectorIndex;
import io.millrace.server.change.ChangeTarget;
import io.millrace.server.funnel.rows.ItemChanges;
import io.millrace.server.funnel.scoring.BundleRanker;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

/**
 * Makes changes while requests are answered: who reads the row of an item that changes reads it
 * again.
 *
 * <p>Threading: one thread at a time.
 *
 * @param stored makes them
 * @param changes told of the items whose rows change
 * @param ranker has computed something of those rows
 */
record LiveChanges(StoredChanges stored, ItemChanges changes, BundleRanker ranker)
        implements ChangeTarget {
    @Override
    public void apply(Request request, Answer answer) {
        int ordinal = stored.changedRow(request);
        if (ordinal == VectorIndex.NO_ORDINAL) {
            stored.apply(request, answer);
            return;
        }
        changes.begin(ordinal);
        try {
            stored.apply(request, answer);
            ranker.refresh(ordinal);
        } finally {
            changes.end();
        }
    }
}
