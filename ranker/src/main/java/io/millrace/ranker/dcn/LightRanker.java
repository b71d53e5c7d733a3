package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.rerank.Relevance;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The first phase of ranking: scores all candidates of a request with a model that is linear or has
 * one hidden layer, and keeps the best of them for the full ranker.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class LightRanker {
    private static final int HIGHEST_BIT = 30;

    private final @Nullable DcnScorer scorer;
    private final @Nullable HalvesCandidateScorer halvesScorer;
    private final float[] values;
    private final int[] keys;

    /**
     * A first phase by clicks.
     *
     * @param model its weights, of the shape of {@link #linear} or {@link #hidden}.
     * @param maxCandidates the most candidates of a request.
     * @throws MillraceException USAGE when the model has cross layers or more than one deep layer.
     */
    public LightRanker(DcnModel model, int maxCandidates) {
        this(model, null, maxCandidates, HeadValue.CLICK);
    }

    /**
     * A first phase that takes what was computed of the items before and reads no item row.
     *
     * @param model its weights, of the shape of {@link #linear} or {@link #hidden}.
     * @param halves of all items by this model, or null to compute them for each request.
     * @param maxCandidates the most candidates of a request.
     * @param value what candidates are worth by the heads of the model.
     * @throws MillraceException USAGE when the model has cross layers or more than one deep layer.
     */
    public LightRanker(
            DcnModel model, @Nullable DcnItemHalves halves, int maxCandidates, HeadValue value) {
        DcnShape shape = model.shape();
        if (shape.crossLayers() > 0 || shape.deep().size() > 1) {
            throw MillraceException.usage(
                    "no light ranker: crossLayers=%d, most=0, deepLayers=%d, most=1; take a linear"
                            + " model or one with a hidden layer",
                    shape.crossLayers(), shape.deep().size());
        }
        this.scorer =
                halves == null ? model.newScorer(maxCandidates, MemorySegment.NULL, value) : null;
        this.halvesScorer =
                halves == null
                        ? null
                        : new HalvesCandidateScorer(model, halves, MemorySegment.NULL, value);
        this.values = new float[maxCandidates];
        this.keys = new int[maxCandidates];
    }

    /**
     * The shape of a linear model over the ranker's input.
     *
     * @param embedding components of every embedding.
     * @return sizes for {@link DcnModel#initial}.
     */
    public static DcnShape linear(int embedding) {
        return light(embedding, List.of());
    }

    /**
     * The shape of a network of two layers over the ranker's input.
     *
     * @param embedding components of every embedding.
     * @param units units of the hidden layer.
     * @return sizes for {@link DcnModel#initial}.
     */
    public static DcnShape hidden(int embedding, int units) {
        return light(embedding, List.of(units));
    }

    /** Separable, so that item halves can be computed for it. */
    private static DcnShape light(int embedding, List<Integer> deep) {
        return new DcnShape(embedding, 0, 0, 0, DcnStructure.STACKED, true, deep);
    }

    /**
     * Keeps the candidates that are worth most, values weighed as {@link Relevance} does, in the
     * order they came in; of equal ones those that came first. A value that is not a number counts
     * as none.
     *
     * @param userRows memory of the user's row.
     * @param userOffset where it begins, in bytes.
     * @param contextRows memory of the context row.
     * @param contextOffset where it begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param ordinals candidates; those that are kept are moved to the front.
     * @param scores likeness of the candidates, from the search; moved with them.
     * @param count how many, at most what was given at construction.
     * @param keep how many to keep.
     * @param weight of the scores beside the values, per unit of likeness; 0 for none.
     * @return how many are left: {@code keep}, or all of them when there are fewer.
     */
    @HotPath
    public int cut(
            MemorySegment userRows,
            long userOffset,
            MemorySegment contextRows,
            long contextOffset,
            MemorySegment itemRows,
            long itemRowBytes,
            int[] ordinals,
            float[] scores,
            int count,
            int keep,
            float weight) {
        if (count <= keep) {
            return count;
        }
        scoreInto(
                userRows,
                userOffset,
                contextRows,
                contextOffset,
                itemRows,
                itemRowBytes,
                ordinals,
                count,
                values);
        if (weight > 0) {
            Relevance.weigh(values, scores, count, weight, 1);
        }
        // The bits of floats that are not negative have the order of the floats.
        for (int i = 0; i < count; i++) {
            keys[i] = values[i] >= 0 ? Float.floatToRawIntBits(values[i]) : 0;
        }
        int least = leastKept(count, keep);
        int equals = keep - countFrom(least + 1, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (keys[i] > least || (keys[i] == least && equals-- > 0)) {
                ordinals[kept] = ordinals[i];
                scores[kept++] = scores[i];
            }
        }
        return kept;
    }

    /**
     * Scores candidates.
     *
     * @param userRows memory of the user's row.
     * @param userOffset where it begins, in bytes.
     * @param contextRows memory of the context row.
     * @param contextOffset where it begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param ordinals candidates.
     * @param count how many, at most what was given at construction.
     * @param target filled with what they are worth.
     */
    @HotPath
    public void scoreInto(
            MemorySegment userRows,
            long userOffset,
            MemorySegment contextRows,
            long contextOffset,
            MemorySegment itemRows,
            long itemRowBytes,
            int[] ordinals,
            int count,
            float[] target) {
        if (halvesScorer != null) {
            halvesScorer.valuesInto(
                    userRows,
                    userOffset,
                    contextRows,
                    contextOffset,
                    itemRows,
                    itemRowBytes,
                    ordinals,
                    count,
                    target);
        } else if (scorer != null) {
            scorer.scoreInto(
                    userRows,
                    userOffset,
                    contextRows,
                    contextOffset,
                    itemRows,
                    itemRowBytes,
                    ordinals,
                    count,
                    target);
        }
    }

    /** The largest key that at least so many keys reach, bit by bit. */
    private int leastKept(int count, int keep) {
        int least = 0;
        for (int bit = HIGHEST_BIT; bit >= 0; bit--) {
            if (countFrom(least | 1 << bit, count) >= keep) {
                least |= 1 << bit;
            }
        }
        return least;
    }

    private int countFrom(int least, int count) {
        int above = 0;
        for (int i = 0; i < count; i++) {
            above += keys[i] >= least ? 1 : 0;
        }
        return above;
    }
}
