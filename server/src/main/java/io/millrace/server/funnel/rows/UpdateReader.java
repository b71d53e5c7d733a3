package io.millrace.server.funnel.rows;

import io.millrace.core.wire.Status;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.server.living.LivingItems;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;

import org.jspecify.annotations.Nullable;

/**
 * Finds out whether an update or an upsert can be made.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
public final class UpdateReader {
    private final VectorIndex index;
    private final LivingItems living;
    private final boolean haveVectors;
    private final RowPatch ofItem;
    private final RowPatch ofUser;

    /**
     * A reader.
     *
     * @param schema the declared features
     * @param index says which vectors can be searched for
     * @param retrieval says whether vectors follow from features
     * @param living which items there are
     */
    public UpdateReader(
            FeatureSchema schema, VectorIndex index, RetrievalModel retrieval, LivingItems living) {
        this.index = index;
        this.living = living;
        haveVectors = retrieval.newItemEmbedding() != null;
        ofItem = new RowPatch(schema, FeatureScope.ITEM);
        ofUser = new RowPatch(schema, FeatureScope.USER);
    }

    /**
     * Reads an update or an upsert.
     *
     * @param request the change
     * @param answer told what is wrong with it
     * @return what it brings, until the next one is read; null where something is wrong
     */
    public @Nullable RowPatch read(Request request, Answer answer) {
        boolean isOfItem = request.scope() == FeatureScope.ITEM;
        if (request.kind() == RequestKind.UPSERT) {
            if (!isVectorSound(request, answer)) {
                return null;
            }
        } else if (isOfItem && ordinalOf(request) == VectorIndex.NO_ORDINAL) {
            answer.fail(Status.UNKNOWN_ITEM, "no such item: item=").append(idOf(request));
            return null;
        }
        RowPatch patch = isOfItem ? ofItem : ofUser;
        return patch.read(request, answer) ? patch : null;
    }

    private boolean isVectorSound(Request request, Answer answer) {
        if (request.hasVector() && !index.accepts(request.vector())) {
            answer.fail(
                    Status.BAD_REQUEST,
                    "vector is zero, or its numbers too large to be squared; send another");
        } else if (!request.hasVector() && !haveVectors) {
            answer.fail(
                    Status.BAD_REQUEST,
                    "vectors of this bundle do not follow from features; send one with the item,"
                            + " or build with --retriever two-tower or blend");
        }
        return answer.status() == Status.OK;
    }

    /** Id of the item or the user that a change is about. */
    public static long idOf(Request request) {
        return request.candidates().itemId(0);
    }

    /** Ordinal of the item that an update is about. */
    public int ordinalOf(Request request) {
        return living.ordinalOf(idOf(request));
    }
}
