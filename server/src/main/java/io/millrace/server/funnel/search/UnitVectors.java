package io.millrace.server.funnel.search;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.simd.Kernels;
import io.millrace.index.HnswIndex;
import io.millrace.index.VectorSet;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.rerank.ItemVectors;
import io.millrace.ranker.rerank.OwnVectors;
import io.millrace.ranker.retrieval.BlendRetrieval;
import io.millrace.ranker.retrieval.FactorRetrieval;
import io.millrace.ranker.retrieval.ListRetrieval;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.ranker.retrieval.TowerRetrieval;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * The directions of all items, whose products say how alike two items are. The index of the towers
 * has them. Rows of an index of factors were brought to one length by a number more, which makes
 * short ones all alike, so the factors themselves are copied and scaled. Zeros, of an item that
 * nobody watched, stay so and are like no other. Of a blend those of the towers count, which know
 * new items, too.
 *
 * <p>Ownership: closes the copy; what it shows of an index goes with that.
 */
public final class UnitVectors implements AutoCloseable {
    private final ItemVectors vectors;
    private final Turn turn;
    private final @Nullable DirectMemory copy;

    /** Where vectors are copied from. */
    private interface Rows {
        void copyInto(int ordinal, float[] row);
    }

    /** Brings a vector as an index is asked for it into the form of those that lie here. */
    private interface Turn {
        void turn(float[] vector, float[] unit);
    }

    private UnitVectors(ItemVectors vectors, Turn turn, @Nullable DirectMemory copy) {
        this.vectors = vectors;
        this.turn = turn;
        this.copy = copy;
    }

    /** Those of the items of an index, but for the ones that have vectors of their own. */
    public static UnitVectors of(HnswIndex index, RetrievalModel retrieval, OwnVectors own) {
        return switch (retrieval) {
            case TowerRetrieval towers -> inPlace(index, own);
            case ListRetrieval lists -> inPlace(index, own);
            case FactorRetrieval factors ->
                    scaled(
                            index.size(),
                            factors.dimension(),
                            factors.dimension(),
                            factors.factors()::vectorInto,
                            own);
            case BlendRetrieval both ->
                    scaled(
                            index.size(),
                            both.blend().towerDimension(),
                            both.dimension(),
                            (ordinal, row) -> index.vectorInto(ordinal, row, 0),
                            own);
        };
    }

    private static UnitVectors inPlace(HnswIndex index, OwnVectors own) {
        return new UnitVectors(
                new ItemVectors(
                        index.vectorSegment(),
                        index.size() == 0 ? 0 : index.vectorOffset(0),
                        index.vectorStrideBytes(),
                        index.storedDimension(),
                        index.size(),
                        own),
                index::storedQueryInto,
                null);
    }

    /** Of each row, the first components. */
    private static UnitVectors scaled(
            int count, int dimension, int rowDimension, Rows rows, OwnVectors own) {
        long strideBytes = VectorSet.strideOf(dimension);
        DirectMemory memory = DirectMemory.allocate(count * strideBytes);
        float[] row = new float[rowDimension];
        for (int ordinal = 0; ordinal < count; ordinal++) {
            rows.copyInto(ordinal, row);
            Kernels.vector().normalise(row, 0, dimension);
            MemorySegment.copy(
                    row, 0, memory.segment(), RowLayout.FLOAT, ordinal * strideBytes, dimension);
        }
        return new UnitVectors(
                new ItemVectors(memory.segment(), 0, strideBytes, dimension, count, own),
                (vector, unit) -> {
                    System.arraycopy(vector, 0, unit, 0, dimension);
                    Kernels.vector().normalise(unit, 0, dimension);
                },
                memory);
    }

    /** The direction of a vector as an index is asked for it, in the form of those of all items. */
    float[] unit(float[] vector) {
        float[] unit = new float[vectors.dimension()];
        turn.turn(vector, unit);
        return unit;
    }

    public ItemVectors vectors() {
        return vectors;
    }

    @Override
    public void close() {
        if (copy != null) {
            copy.close();
        }
    }
}
