package io.millrace.server.explain;

import io.millrace.core.wire.codec.RetrieverCode;

import java.util.Arrays;

/**
 * What a funnel had after each stage of one request. The funnel tells it and goes on: nothing it
 * does hangs on being watched.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
public final class FunnelTrace {
    private final Stage retrieved;
    private final Stage candidates;
    private final Stage ranked;
    private final float[] values;
    private RetrieverCode retriever = RetrieverCode.NONE;
    private int indexedFrom;

    /**
     * An empty trace.
     *
     * @param mostRetrieved the most candidates that are found
     */
    public FunnelTrace(int mostRetrieved) {
        retrieved = new Stage(mostRetrieved);
        candidates = new Stage(mostRetrieved);
        ranked = new Stage(mostRetrieved);
        values = new float[mostRetrieved];
    }

    /** A request begins. */
    public void begin() {
        retriever = RetrieverCode.NONE;
        retrieved.clear();
        candidates.clear();
        ranked.clear();
    }

    /**
     * Candidates were found.
     *
     * @param ordinals the best first
     * @param scores beside them; nothing where popular items were taken
     * @param count how many
     * @param by what found them
     */
    public void retrieved(int[] ordinals, float[] scores, int count, RetrieverCode by) {
        retriever = by;
        indexedFrom = count;
        retrieved.take(ordinals, scores, count);
        forgetScores(retrieved);
    }

    /**
     * Of the candidates that were found, the last came from the index, whatever found the others.
     *
     * @param first how many others there are
     */
    public void indexedFrom(int first) {
        indexedFrom = first;
    }

    /**
     * What must not be answered was dropped.
     *
     * @param ordinals what is left
     * @param scores beside them, as ranking weighs them in
     * @param count how many
     */
    public void kept(int[] ordinals, float[] scores, int count) {
        candidates.take(ordinals, scores, count);
        forgetScores(candidates);
    }

    private void forgetScores(Stage stage) {
        if (retriever == RetrieverCode.POPULAR) {
            Arrays.fill(stage.scores, 0, stage.count, Float.NaN);
        }
    }

    /**
     * The ranker scored.
     *
     * @param ordinals what was scored
     * @param worth beside them
     * @param count how many
     */
    public void ranked(int[] ordinals, float[] worth, int count) {
        ranked.take(ordinals, worth, count);
        System.arraycopy(worth, 0, values, 0, count);
    }

    /**
     * Scores of retrieval were weighed in, where they are.
     *
     * @param scores of what was scored, in the same order
     */
    public void weighed(float[] scores) {
        System.arraycopy(scores, 0, ranked.scores, 0, ranked.count);
    }

    /**
     * What found a candidate.
     *
     * @param index of the item in {@link #retrieved}
     * @return {@link RetrieverCode#INDEX} where upserted ones may have been found beside it
     */
    public RetrieverCode retriever(int index) {
        return index < indexedFrom ? retriever : RetrieverCode.INDEX;
    }

    /**
     * What was found, in its order.
     *
     * @return the stage
     */
    public Stage retrieved() {
        return retrieved;
    }

    /**
     * What was left of that, in the same order.
     *
     * @return the stage
     */
    public Stage candidates() {
        return candidates;
    }

    /**
     * What was scored by the ranker, with the scores that count in the end.
     *
     * @return the stage, in no order
     */
    public Stage ranked() {
        return ranked;
    }

    /**
     * What an item of {@link #ranked} is worth before retrieval is weighed in.
     *
     * @param index of the item there
     * @return its value
     */
    public float value(int index) {
        return values[index];
    }

    /** Items that passed a stage. */
    public static final class Stage {
        private final int[] ordinals;
        private final float[] scores;
        private int count;

        private Stage(int capacity) {
            ordinals = new int[capacity];
            scores = new float[capacity];
        }

        private void clear() {
            count = 0;
        }

        private void take(int[] passed, float[] beside, int many) {
            System.arraycopy(passed, 0, ordinals, 0, many);
            System.arraycopy(beside, 0, scores, 0, many);
            count = many;
        }

        /**
         * How many they are.
         *
         * @return the number
         */
        public int count() {
            return count;
        }

        /**
         * Where an item stands.
         *
         * @param ordinal the item
         * @return its index, below 0 where it did not pass
         */
        public int indexOf(int ordinal) {
            for (int i = 0; i < count; i++) {
                if (ordinals[i] == ordinal) {
                    return i;
                }
            }
            return -1;
        }

        /**
         * Score of an item.
         *
         * @param index of the item
         * @return larger is better
         */
        public float score(int index) {
            return scores[index];
        }

        /**
         * How many items come before one, by score and of equal ones by ordinal.
         *
         * @param index of the item
         * @return 0 for the best
         */
        public int betterThan(int index) {
            int better = 0;
            for (int i = 0; i < count; i++) {
                boolean isTieWon = scores[i] == scores[index] && ordinals[i] < ordinals[index];
                better += scores[i] > scores[index] || isTieWon ? 1 : 0;
            }
            return better;
        }
    }
}
