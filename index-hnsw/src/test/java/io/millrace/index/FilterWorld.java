package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.index.filter.OrdinalBitSet;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Rows with both graphs over them, and searches with filters held against a plain loop. */
final class FilterWorld implements AutoCloseable {
    static final int K = 10;
    static final int EF = 100;
    private static final int QUERIES = 25;
    private static final double LEAST_RECALL = 0.95;

    private final int count;
    private final float[][] queries = ModeWorld.queries(QUERIES);
    private final ModeWorld.Ranking[] truth = new ModeWorld.Ranking[QUERIES];
    private final int[] byFirstNumber;
    private final VectorSet rows;
    private final HnswIndex plain;
    private final HnswIndex inlined;

    /** Which rows a filter accepts, seen from a query. */
    enum Kind {
        RANDOM,
        FAR,
        NEAR,
        /** Those whose first number is large: one side of a plane, the same for all queries. */
        ASIDE
    }

    /** Rows measured by the search that measured most, and the regime all were of. */
    record Cost(long mostRows, FilterRegime regime) {}

    FilterWorld(int count) {
        this.count = count;
        rows = ModeWorld.rows(count, 1);
        plain = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.F32);
        inlined = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.INLINED);
        for (int q = 0; q < QUERIES; q++) {
            truth[q] = ModeWorld.rank(rows, Metric.L2, queries[q]);
        }
        float[] first = new float[count];
        for (int i = 0; i < count; i++) {
            first[i] = Worlds.row(rows, i)[0];
        }
        byFirstNumber =
                IntStream.range(0, count)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> -first[i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
    }

    HnswIndex index(GraphLayout layout) {
        return layout == GraphLayout.F32 ? plain : inlined;
    }

    int queryCount() {
        return QUERIES;
    }

    float[] query(int query) {
        return queries[query];
    }

    ModeWorld.Ranking truth(int query) {
        return truth[query];
    }

    /**
     * Searches with all queries.
     *
     * @param forced the regime of the searches, or null where they choose it themselves.
     * @return what it cost.
     */
    Cost assertFound(GraphLayout layout, Kind kind, double share, @Nullable FilterRegime forced) {
        HnswIndex index = index(layout);
        SearchScratch scratch = index.newScratch(K, EF);
        scratch.modes().force(forced);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF);
        int[] found = new int[K];
        float[] scores = new float[K];
        int hits = 0;
        int accepted = 0;
        long most = 0;
        for (int q = 0; q < QUERIES; q++) {
            OrdinalBitSet filter = filter(kind, share, q);
            accepted = filter.cardinality();
            int answers =
                    index.searchInto(scratch, queries[q], request.filter(filter), found, scores);
            assertEquals(Math.min(K, accepted), answers);
            assertNotNull(scratch.filterRegime());
            // Codes may miss so much of a walk's answer that it is given up for another way.
            if (kind == Kind.RANDOM && layout == GraphLayout.F32) {
                FilterRegime chosen = FilterRegime.of(accepted, count, EF);
                assertEquals(forced == null ? chosen : forced, scratch.filterRegime());
            }
            hits += truth[q].hits(found, answers, K, filter);
            for (int i = 1; i < answers; i++) {
                assertTrue(scores[i] <= scores[i - 1], "out of order");
            }
            most = Math.max(most, scratch.visitedRows());
        }
        double recall = hits / (double) (QUERIES * K);
        String what = kind + " " + share + ": recall=" + recall + ", rows=" + most;
        assertTrue(recall >= LEAST_RECALL, what);
        assertTrue(most > 0 && most <= count, what);
        return new Cost(most, FilterRegime.of(accepted, count, EF));
    }

    OrdinalBitSet filter(Kind kind, double share, int query) {
        if (kind == Kind.RANDOM) {
            return ModeWorld.some(count, share);
        }
        OrdinalBitSet filter = new OrdinalBitSet(count);
        int accepted = (int) (count * share);
        for (int i = 0; i < accepted; i++) {
            filter.add(
                    switch (kind) {
                        case FAR -> truth[query].row(count - 1 - i);
                        case NEAR -> truth[query].row(i);
                        default -> byFirstNumber[i];
                    });
        }
        return filter;
    }

    @Override
    public void close() {
        inlined.close();
        plain.close();
        rows.close();
    }
}
