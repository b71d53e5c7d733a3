package io.millrace.server.funnel;

import io.millrace.core.wire.Status;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.server.change.ChangeTarget;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;

/**
 * Makes changes of the rows of users and items, and of which items there are.
 *
 * <p>Threading: one thread at a time.
 *
 * @param rows of users and items
 * @param living which items are served
 */
record StoredChanges(RowChanges rows, LivingItems living) implements ChangeTarget {
    @Override
    public void apply(Request request, Answer answer) {
        if (request.kind() == RequestKind.DELETE) {
            delete(request, answer);
        } else {
            rows.apply(request, answer);
        }
    }

    private void delete(Request request, Answer answer) {
        if (check(request, living, answer)) {
            living.delete(living.ordinalOf(request.itemId()));
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
        boolean isOfItem =
                request.kind() == RequestKind.UPDATE && request.scope() == FeatureScope.ITEM;
        return isOfItem ? rows.ordinalOf(request) : VectorIndex.NO_ORDINAL;
    }
}
