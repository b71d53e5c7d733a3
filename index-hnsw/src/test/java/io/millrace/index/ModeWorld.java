package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.filter.OrdinalSet;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Rows with the structure that learned vectors have: few dimensions turned into many. */
final class ModeWorld {
    static final int DIMENSION = 32;
    private static final int LATENT = 10;

    private ModeWorld() {}

    static VectorSet rows(int count, long stream) {
        float[][] turn = new float[LATENT][DIMENSION];
        for (int i = 0; i < LATENT; i++) {
            Worlds.GAUSSIAN.fill(SplitRandom.forStream(3, i), i, turn[i]);
        }
        VectorSet rows = VectorSet.allocate(count, DIMENSION);
        float[] latent = new float[LATENT];
        for (int row = 0; row < count; row++) {
            Worlds.GAUSSIAN.fill(SplitRandom.forStream(stream, row), row, latent);
            float[] vector = new float[DIMENSION];
            for (int i = 0; i < LATENT; i++) {
                for (int j = 0; j < DIMENSION; j++) {
                    vector[j] += latent[i] * turn[i][j];
                }
            }
            rows.set(row, vector, 0);
        }
        return rows;
    }

    static float[][] queries(int count) {
        try (VectorSet rows = rows(count, 2)) {
            float[][] queries = new float[count][];
            for (int i = 0; i < count; i++) {
                queries[i] = Worlds.row(rows, i);
            }
            return queries;
        }
    }

    /** A set that takes each row with the same chance. */
    static OrdinalBitSet some(int count, double share) {
        SplitRandom random = SplitRandom.forStream(4, count);
        OrdinalBitSet set = new OrdinalBitSet(count);
        for (int i = 0; i < count; i++) {
            if (random.nextInt(1_000_000) < share * 1_000_000) {
                set.add(i);
            }
        }
        return set;
    }

    /** Scores of all rows by a plain loop over the rows, most alike first; ordinals beside them. */
    static Ranking rank(VectorSet rows, Metric metric, float[]... queries) {
        double[] best = new double[rows.count()];
        for (int i = 0; i < best.length; i++) {
            best[i] = Double.NEGATIVE_INFINITY;
            float[] row = Worlds.row(rows, i);
            for (float[] query : queries) {
                best[i] = Math.max(best[i], FlatIndexTest.score(metric, query, row));
            }
        }
        Integer[] order = new Integer[best.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        Arrays.sort(order, (a, b) -> Double.compare(best[b], best[a]));
        return new Ranking(order, best);
    }

    /** All rows, best first. */
    static final class Ranking {
        private final Integer[] order;
        private final double[] scores;

        private Ranking(Integer[] order, double[] scores) {
            this.order = order;
            this.scores = scores;
        }

        /** The row at a rank. */
        int row(int rank) {
            return order[rank];
        }

        /** The score of a row. */
        double score(int row) {
            return scores[row];
        }

        /** The k-th best score of those in a set, or of the last of them. */
        double scoreAt(int k, OrdinalSet set) {
            int seen = 0;
            double score = Double.POSITIVE_INFINITY;
            for (int i = 0; i < order.length && seen < k; i++) {
                if (set.contains(order[i])) {
                    seen++;
                    score = scores[order[i]];
                }
            }
            return score;
        }

        /** How many of the answers are at least as good as the k-th best; none may come twice. */
        int hits(int[] ordinals, int count, int k, OrdinalSet set) {
            double least = scoreAt(k, set);
            double slack = 1e-4 * Math.abs(least) + 1e-5;
            Set<Integer> distinct = new HashSet<>();
            int hits = 0;
            for (int i = 0; i < count; i++) {
                assertTrue(set.contains(ordinals[i]), "row outside of the filter");
                assertTrue(distinct.add(ordinals[i]), "row twice");
                hits += scores[ordinals[i]] >= least - slack ? 1 : 0;
            }
            assertEquals(count, distinct.size());
            return hits;
        }
    }

    static OrdinalBitSet all(int count) {
        OrdinalBitSet set = new OrdinalBitSet(count);
        set.fill();
        return set;
    }
}
