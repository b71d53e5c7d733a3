package io.millrace.server.funnel;

import io.millrace.core.wire.Status;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

import org.jspecify.annotations.Nullable;

/**
 * Finds out whether an update can be made.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
final class UpdateReader {
    private final LivingItems living;
    private final RowPatch ofItem;
    private final RowPatch ofUser;

    UpdateReader(FeatureSchema schema, LivingItems living) {
        this.living = living;
        ofItem = new RowPatch(schema, FeatureScope.ITEM);
        ofUser = new RowPatch(schema, FeatureScope.USER);
    }

    /**
     * Reads an update.
     *
     * @param request an update
     * @param answer told what is wrong with it
     * @return what it brings, until the next one is read; null where something is wrong
     */
    @Nullable RowPatch read(Request request, Answer answer) {
        boolean isOfItem = request.scope() == FeatureScope.ITEM;
        if (isOfItem && ordinalOf(request) == VectorIndex.NO_ORDINAL) {
            answer.fail(Status.UNKNOWN_ITEM, "no such item: item=").append(idOf(request));
            return null;
        }
        RowPatch patch = isOfItem ? ofItem : ofUser;
        return patch.read(request, answer) ? patch : null;
    }

    /** Id of the item or the user that an update is about. */
    static long idOf(Request request) {
        return request.candidates().itemId(0);
    }

    /** Ordinal of the item that an update is about. */
    int ordinalOf(Request request) {
        return living.ordinalOf(idOf(request));
    }
}
