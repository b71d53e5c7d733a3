package io.millrace.server.funnel.search;

import io.millrace.core.simd.Kernels;
import io.millrace.index.Metric;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.retrieval.ItemEmbedding;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.UpsertedItems;

import org.jspecify.annotations.Nullable;

/**
 * Serves upserted items by their vectors: those that came with them, or those that follow from
 * their features, and then follow them whenever they change.
 *
 * <p>Threading: one thread at a time.
 */
public final class UpsertedVectors {
    /** Of no numbers: a vector that is computed when all changes of a journal are made. */
    private static final float[] YET_TO_COME = new float[0];

    private final VectorIndex index;
    private final LivingItems living;
    private final ItemRowMirror items;
    private final UnitVectors units;
    private final @Nullable ItemEmbedding embedding;

    /** By slot: whether the vector came with the item. */
    private final boolean[] isGiven;

    private boolean isServing;

    public UpsertedVectors(
            VectorIndex index,
            RetrievalModel retrieval,
            LivingItems living,
            ItemRowMirror items,
            UnitVectors units) {
        this.index = index;
        this.living = living;
        this.items = items;
        this.units = units;
        embedding = retrieval.newItemEmbedding();
        isGiven = new boolean[living.upserted().room()];
    }

    /** Serves an item by a vector that came with it. */
    public void give(long itemId, float[] vector) {
        float[] searched = vector.clone();
        if (index.metric() == Metric.COSINE) {
            Kernels.vector().normalise(searched, 0, searched.length);
        }
        living.place(itemId, searched, units.unit(searched));
        isGiven[living.upserted().slotOf(itemId)] = true;
    }

    /** Serves an item by the vector that its row gives. */
    public void follow(long itemId) {
        if (isServing) {
            embed(itemId);
        } else {
            living.place(itemId, YET_TO_COME, YET_TO_COME);
        }
        isGiven[living.upserted().slotOf(itemId)] = false;
    }

    /** The row of an item has changed: its vector does if it is its own, and follows from it. */
    public void rowChanged(int ordinal) {
        long itemId = items.id(ordinal);
        int slot = living.upserted().slotOf(itemId);
        boolean isOwn = slot != UpsertedItems.NO_SLOT && living.upserted().vectorAt(slot) != null;
        if (isOwn && !isGiven[slot]) {
            follow(itemId);
        }
    }

    private void embed(long itemId) {
        if (embedding == null) {
            throw new IllegalStateException("vectors do not follow from features");
        }
        int ordinal = living.knownOrdinalOf(itemId);
        float[] searched = new float[index.dimension()];
        if (!living.isLater(ordinal)) {
            index.vectorInto(ordinal, searched, 0);
        }
        embedding.embedInto(items.segment(), items.offset(ordinal), searched);
        living.place(itemId, searched, units.unit(searched));
    }

    /** Computes what is yet to come; from now on vectors are computed at once. */
    public void beginServing() {
        isServing = true;
        UpsertedItems upserted = living.upserted();
        for (int slot = 0; slot < upserted.count(); slot++) {
            float[] own = upserted.vectorAt(slot);
            if (own != null && own.length == 0) {
                embed(items.id(upserted.ordinalAt(slot)));
            }
        }
    }
}
