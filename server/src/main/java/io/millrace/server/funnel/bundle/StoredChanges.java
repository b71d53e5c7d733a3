package io.millrace.server.funnel.bundle;

import io.millrace.core.wire.Status;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.server.change.ChangeTarget;
import io.millrace.server.funnel.rows.RowChanges;
import io.millrace.server.funnel.rows.UpdateReader;
import io.millrace.server.funnel.search.UpsertedVectors;
import io.millrace.server.living.LivingItems;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

/**
 * Makes changes of the rows of users and items, and of which items there are.
 *
 * <p>Threading: one thread at a time.
 *
 * @param rows of users and items
 * @param vectors of upserted items
 * @param living which items are served
 */
record StoredChanges(RowChanges rows, UpsertedVectors vectors, LivingItems living)
        implements ChangeTarget {
    @Override
    public void apply(Request request, Answer answer) {
        switch (request.kind()) {
            case DELETE -> delete(request, answer);
            case UPSERT -> upsert(request, answer);
            default -> update(request, answer);
        }
    }

    private void delete(Request request, Answer answer) {
        if (check(request, living, answer)) {
            living.delete(living.ordinalOf(request.itemId()));
        }
    }

    private void upsert(Request request, Answer answer) {
        if (!rows.upsert(request, answer)) {
            return;
        }
        if (request.hasVector()) {
            vectors.give(UpdateReader.idOf(request), request.vector());
        } else {
            vectors.follow(UpdateReader.idOf(request));
        }
    }

    private void update(Request request, Answer answer) {
        rows.apply(request, answer);
        if (request.scope() == FeatureScope.ITEM && answer.status() == Status.OK) {
            vectors.rowChanged(rows.ordinalOf(request));
        }
    }

    /** Whether an item that is to be deleted is there; else the answer says so. */
    static boolean check(Request request, LivingItems living, Answer answer) {
        boolean isThere = living.ordinalOf(request.itemId()) != VectorIndex.NO_ORDINAL;
        if (!isThere) {
            answer.fail(Status.UNKNOWN_ITEM, "no such item: item=").append(request.itemId());
        }
        return isThere;
    }

    /** Ordinal of the item whose row a change is about, or {@link VectorIndex#NO_ORDINAL}. */
    int changedRow(Request request) {
        return switch (request.kind()) {
            case UPSERT -> living.reserve(UpdateReader.idOf(request));
            case UPDATE ->
                    request.scope() == FeatureScope.ITEM
                            ? rows.ordinalOf(request)
                            : VectorIndex.NO_ORDINAL;
            default -> VectorIndex.NO_ORDINAL;
        };
    }
}
