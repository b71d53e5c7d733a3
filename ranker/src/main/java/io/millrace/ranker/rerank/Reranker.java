package io.millrace.ranker.rerank;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.ItemRowMirror;

import java.util.Arrays;

/**
 * Makes a slate of scored candidates. In this order:
 *
 * <ol>
 *   <li>what the request's filter names is left out, and what was given twice;
 *   <li>from the pool of the best, one after the other is taken that has the largest {@code lambda
 *       * relevance - (1 - lambda) * largest likeness to one above} (maximal marginal relevance);
 *       whatever is nearly the same as one taken, or over its creator's cap, leaves the pool;
 *   <li>where the pool runs dry, those behind it follow by relevance, under the same two rules;
 *   <li>where they run dry too, the creator cap is given up, then the rule on near duplicates.
 * </ol>
 *
 * Ties go to the higher score, then to the lower ordinal, so the same candidates in any order give
 * the same slate.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class Reranker {
    private static final byte FREE = 0;
    private static final byte TAKEN = 1;
    private static final byte CAPPED = 2;
    private static final byte DUPLICATE = 3;

    private final RerankRules rules;
    private final ItemVectors vectors;
    private final ItemRowMirror items;
    private final int creatorSlot;

    private final CandidateList candidates;
    private final byte[] states;
    private final int[] poolIndexes;
    private final int[] poolOrdinals;
    private final int[] poolCreators;
    private final float[] poolRelevance;
    private final float[] poolLikeness;
    private final float[] products;
    private final float[] vector;
    private final int[] takenCreators;
    private int poolSize;

    /**
     * A re-ranker for one thread.
     *
     * @param rules how.
     * @param schema where an item's creator lies in its row.
     * @param items rows of all items.
     * @param vectors unit vectors of all items.
     * @param maxCandidates most candidates of a request, at most {@link RerankRules#LIMIT}.
     * @param maxK most items of a slate.
     * @throws MillraceException MISMATCH when the rules name a field that is none of an item, or
     *     rows and vectors differ in number.
     */
    public Reranker(
            RerankRules rules,
            FeatureSchema schema,
            ItemRowMirror items,
            ItemVectors vectors,
            int maxCandidates,
            int maxK) {
        if (maxCandidates < 1
                || maxCandidates > RerankRules.LIMIT
                || maxK < 1
                || maxK > RerankRules.LIMIT) {
            throw MillraceException.badInput(
                    "size of re-ranking out of range: candidates=%d, k=%d, limit=%d",
                    maxCandidates, maxK, RerankRules.LIMIT);
        }
        if (items.count() != vectors.count()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "rows and vectors differ in number: rows=%d, vectors=%d; build the bundle"
                            + " again",
                    items.count(),
                    vectors.count());
        }
        this.rules = rules;
        this.vectors = vectors;
        this.items = items;
        this.creatorSlot = creatorSlot(rules, schema);
        this.candidates = new CandidateList(maxCandidates);
        this.states = new byte[maxCandidates];
        int pool = Math.min(rules.mmrPool(), maxCandidates);
        this.poolIndexes = new int[pool];
        this.poolOrdinals = new int[pool];
        this.poolCreators = new int[pool];
        this.poolRelevance = new float[pool];
        this.poolLikeness = new float[pool];
        this.products = new float[Math.max(pool, maxK)];
        this.vector = new float[vectors.dimension()];
        this.takenCreators = new int[maxK];
    }

    /**
     * Fills a slate.
     *
     * @param ordinals the candidates in any order; their ordinals are below the count of items.
     * @param scores their scores, larger is better.
     * @param count how many candidates, at most what this was made for.
     * @param filter what must not be shown.
     * @param k how many to show, at most what this and the slate were made for.
     * @param slate what is filled.
     * @return how many it holds: k, or all that may be shown.
     */
    @HotPath
    public int rerankInto(
            int[] ordinals, float[] scores, int count, RequestFilter filter, int k, Slate slate) {
        assert count <= candidates.capacity() : "count=" + count;
        assert k <= takenCreators.length && k <= slate.capacity() : "k=" + k;
        slate.clear();
        candidates.fill(ordinals, scores, count, filter, slate);
        int size = candidates.size();
        Arrays.fill(states, 0, size, FREE);
        int pool = Math.min(size, poolIndexes.length);
        beginPool(pool);
        while (slate.size() < k && poolSize > 0) {
            takeFromPool(k, slate);
        }
        for (int i = pool; i < size && slate.size() < k; i++) {
            if (isCapped(creatorOf(candidates.ordinal(i)), slate.size())) {
                states[i] = CAPPED;
            } else {
                takeUnlessDuplicate(i, SlotReason.RELEVANCE, slate);
            }
        }
        for (int i = 0; i < size && slate.size() < k; i++) {
            if (states[i] == CAPPED) {
                takeUnlessDuplicate(i, SlotReason.CREATOR_CAP_RELAXED, slate);
            }
        }
        for (int i = 0; i < size && slate.size() < k; i++) {
            if (states[i] == DUPLICATE) {
                take(i, SlotReason.DUPLICATE_RELAXED, slate);
            }
        }
        return slate.size();
    }

    /**
     * What became of a candidate when a slate was filled last.
     *
     * @param ordinal the candidate.
     * @return {@link CandidateOutcome#DROPPED} for one that was not to be shown at all.
     */
    public CandidateOutcome outcomeOf(int ordinal) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.ordinal(i) == ordinal) {
                return switch (states[i]) {
                    case TAKEN -> CandidateOutcome.TAKEN;
                    case CAPPED -> CandidateOutcome.CAPPED;
                    case DUPLICATE -> CandidateOutcome.DUPLICATE;
                    default -> CandidateOutcome.LEFT;
                };
            }
        }
        return CandidateOutcome.DROPPED;
    }

    @HotPath
    private void beginPool(int pool) {
        poolSize = pool;
        if (pool == 0) {
            return;
        }
        float best = candidates.score(0);
        float range = best - candidates.score(pool - 1);
        for (int i = 0; i < pool; i++) {
            int ordinal = candidates.ordinal(i);
            poolIndexes[i] = i;
            poolOrdinals[i] = ordinal;
            poolCreators[i] = creatorOf(ordinal);
            poolRelevance[i] = range > 0 ? 1 - (best - candidates.score(i)) / range : 1;
            poolLikeness[i] = Float.NEGATIVE_INFINITY;
        }
    }

    @HotPath
    private void takeFromPool(int k, Slate slate) {
        float lambda = rules.mmrLambda();
        boolean isFirst = slate.size() == 0;
        int chosen = 0;
        float bestValue = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < poolSize; i++) {
            float cost = isFirst ? 0 : (1 - lambda) * poolLikeness[i];
            float value = lambda * poolRelevance[i] - cost;
            if (value > bestValue) {
                bestValue = value;
                chosen = i;
            }
        }
        // The pool is in the order of relevance, so anything but its head was lifted.
        SlotReason reason = chosen == 0 ? SlotReason.RELEVANCE : SlotReason.DIVERSITY;
        int creator = poolCreators[chosen];
        take(poolIndexes[chosen], reason, slate);
        if (slate.size() < k) {
            shrinkPool(chosen, creator, isCapped(creator, slate.size()));
        }
    }

    /** Takes out the chosen one, those nearly the same, and those now over their creator's cap. */
    @HotPath
    private void shrinkPool(int chosen, int creator, boolean isCreatorFull) {
        vectors.copyInto(poolOrdinals[chosen], vector);
        vectors.multiply(vector, poolOrdinals, poolSize, products);
        int kept = 0;
        for (int i = 0; i < poolSize; i++) {
            if (i == chosen) {
                continue;
            }
            if (products[i] >= rules.duplicateCosine()) {
                states[poolIndexes[i]] = DUPLICATE;
            } else if (isCreatorFull && poolCreators[i] == creator) {
                states[poolIndexes[i]] = CAPPED;
            } else {
                poolIndexes[kept] = poolIndexes[i];
                poolOrdinals[kept] = poolOrdinals[i];
                poolCreators[kept] = poolCreators[i];
                poolRelevance[kept] = poolRelevance[i];
                poolLikeness[kept] = Math.max(poolLikeness[i], products[i]);
                kept++;
            }
        }
        poolSize = kept;
    }

    @HotPath
    private void takeUnlessDuplicate(int index, SlotReason reason, Slate slate) {
        vectors.copyInto(candidates.ordinal(index), vector);
        vectors.multiply(vector, slate.ordinals(), slate.size(), products);
        for (int place = 0; place < slate.size(); place++) {
            if (products[place] >= rules.duplicateCosine()) {
                states[index] = DUPLICATE;
                return;
            }
        }
        take(index, reason, slate);
    }

    @HotPath
    private void take(int index, SlotReason reason, Slate slate) {
        int ordinal = candidates.ordinal(index);
        states[index] = TAKEN;
        takenCreators[slate.size()] = creatorOf(ordinal);
        slate.append(ordinal, candidates.score(index), reason);
    }

    @HotPath
    private boolean isCapped(int creator, int taken) {
        if (creator < FeatureField.FIRST) {
            return false;
        }
        int same = 0;
        for (int place = 0; place < taken; place++) {
            if (takenCreators[place] == creator) {
                same++;
            }
        }
        return same >= rules.creatorCap();
    }

    /** The creator's id, or missing where there is no such field. */
    @HotPath
    private int creatorOf(int ordinal) {
        return creatorSlot < 0
                ? FeatureField.MISSING
                : items.segment().get(RowLayout.INT, items.offset(ordinal) + 4L * creatorSlot);
    }

    private static int creatorSlot(RerankRules rules, FeatureSchema schema) {
        if (rules.creatorField().isEmpty()) {
            return -1;
        }
        FeatureField field = schema.field(rules.creatorField());
        if (field.scope() != FeatureScope.ITEM || field.kind() != FeatureKind.CATEGORICAL) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "no categorical field of an item: field=%s, scope=%s, kind=%s; correct"
                            + " creatorField in rules.json",
                    field.name(),
                    field.scope(),
                    field.kind());
        }
        return schema.layout(FeatureScope.ITEM).slotOf(field);
    }
}
