package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.HoleCheck;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Filters that accept rows far from the query, with so little effort that walks must be wide. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FarFilterTest {
    private static final int ROWS = 20_000;
    private static final int K = FilterWorld.K;
    private static final int EF = 15;

    /** So many rows that a walk is tried before they are scanned. */
    private static final double SHARE = 0.45;

    private FilterWorld world;

    @BeforeAll
    void build() {
        world = new FilterWorld(ROWS);
    }

    @AfterAll
    void close() {
        world.close();
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindTheNearestWhenTheyLieElsewhere(GraphLayout layout) {
        Map<FilterRegime, Integer> ways = new EnumMap<>(FilterRegime.class);
        for (FilterWorld.Kind kind : List.of(FilterWorld.Kind.FAR, FilterWorld.Kind.ASIDE)) {
            int hits = hits(world.index(layout), kind, ways);
            String what = kind + ": hits=" + hits + ", ways=" + ways;
            assertTrue(hits >= 0.95 * K * world.queryCount(), what);
        }
        // Some walks stand the trial and some do not: both must have been seen.
        assertTrue(ways.containsKey(FilterRegime.SCAN), ways.toString());
        assertTrue(ways.containsKey(FilterRegime.MASKED), ways.toString());
    }

    private int hits(HnswIndex index, FilterWorld.Kind kind, Map<FilterRegime, Integer> ways) {
        SearchScratch scratch = index.newScratch(K, EF);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF);
        int[] found = new int[K];
        float[] scores = new float[K];
        int hits = 0;
        for (int q = 0; q < world.queryCount(); q++) {
            OrdinalBitSet filter = world.filter(kind, SHARE, q);
            assertFalse(FilterRegime.isScanBestWhenFar(filter.cardinality(), ROWS, EF));
            request.filter(filter);
            int count = index.searchInto(scratch, world.query(q), request, found, scores);
            assertEquals(K, count);
            int own = world.truth(q).hits(found, count, K, filter);
            FilterRegime way = Objects.requireNonNull(scratch.filterRegime());
            ways.merge(way, 1, Integer::sum);
            assertTrue(way != FilterRegime.SCAN || own == K, "a scan is exact");
            hits += own;
        }
        return hits;
    }

    /** Pages go on in a scan where a walk would have to climb out of a hole. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerPagesInOrderWhenTheyLieAroundAHole(GraphLayout layout) {
        HnswIndex index = world.index(layout);
        SearchScratch scratch = index.newScratch(K, EF);
        OrdinalBitSet filter = world.filter(FilterWorld.Kind.FAR, SHARE, 0);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF).filter(filter);
        int[] found = new int[K];
        float[] scores = new float[K];
        int[] all = new int[3 * K];
        int count =
                index.searchInto(scratch, world.query(0), request.resumable(true), found, scores);
        for (int page = 0; page < 3; page++) {
            assertEquals(K, count);
            System.arraycopy(found, 0, all, page * K, K);
            count = index.nextInto(scratch, found, scores);
        }
        assertEquals(FilterRegime.SCAN, scratch.filterRegime());
        assertEquals(3 * K, world.truth(0).hits(all, 3 * K, 3 * K, filter));
    }

    /** Told apart from chance: by a random filter of the same share the tenth is near. */
    @Test
    void shouldSeeAHoleOnlyWhereThereIsOne() {
        HnswIndex index = world.index(GraphLayout.F32);
        HoleCheck check = new HoleCheck(index.view().space(), new Effort());
        for (int q = 0; q < world.queryCount(); q++) {
            for (FilterWorld.Kind kind : FilterWorld.Kind.values()) {
                OrdinalBitSet filter = world.filter(kind, 0.2, q);
                float[] query = new float[index.view().space().paddedDimension()];
                index.form().queryInto(world.query(q), query);
                float last = distanceOfLast(index, query, filter);
                double share = (double) K / filter.cardinality();
                boolean isInHole = check.isInHole(query, ROWS, last, share);
                if (kind == FilterWorld.Kind.FAR) {
                    assertTrue(isInHole, "query " + q);
                } else if (kind != FilterWorld.Kind.ASIDE) {
                    assertFalse(isInHole, kind + " " + q);
                }
            }
        }
    }

    private static float distanceOfLast(HnswIndex index, float[] query, OrdinalBitSet filter) {
        float[] nearest = new float[K];
        Arrays.fill(nearest, Float.POSITIVE_INFINITY);
        for (int row = filter.nextSet(0); row >= 0; row = filter.nextSet(row + 1)) {
            float distance = index.view().space().distance(query, row);
            if (distance < nearest[K - 1]) {
                nearest[K - 1] = distance;
                Arrays.sort(nearest);
            }
        }
        return nearest[K - 1];
    }
}
