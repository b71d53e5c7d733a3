package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.index.filter.OrdinalBitSet;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches with a filter against a plain loop over the rows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FilteredSearchTest {
    private static final int ROWS = 20_000;
    private static final int K = FilterWorld.K;
    private static final int EF = FilterWorld.EF;

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
    @CsvSource({
        "F32, RANDOM",
        "F32, FAR",
        "F32, NEAR",
        "INLINED, RANDOM",
        "INLINED, FAR",
        "INLINED, NEAR"
    })
    void shouldFindTheNearestWhenFiltered(GraphLayout layout, FilterWorld.Kind kind) {
        for (double share : new double[] {0.9, 0.5, 0.3, 0.1, 0.01, 0.001}) {
            world.assertFound(layout, kind, share, null);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "F32, RANDOM",
        "F32, FAR",
        "F32, NEAR",
        "INLINED, RANDOM",
        "INLINED, FAR",
        "INLINED, NEAR"
    })
    void shouldFindTheNearestWhenTheWalkIsMasked(GraphLayout layout, FilterWorld.Kind kind) {
        for (double share : new double[] {0.2, 0.1, 0.03}) {
            world.assertFound(layout, kind, share, FilterRegime.MASKED);
        }
    }

    /** Half of all rows call for a walk, but those that are near are not among them. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldTellTheWayThatWasTakenWhenItIsNotTheOneItBeganWith(GraphLayout layout) {
        HnswIndex index = world.index(layout);
        SearchScratch scratch = index.newScratch(K, EF);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF);
        int[] found = new int[K];
        assertEquals(FilterRegime.PLAIN, FilterRegime.of(ROWS / 2, ROWS, EF));
        request.filter(world.filter(FilterWorld.Kind.FAR, 0.5, 0));
        index.searchInto(scratch, world.query(0), request, found, new float[K]);
        assertEquals(FilterRegime.SCAN, scratch.filterRegime());
        request.filter(null);
        index.searchInto(scratch, world.query(0), request, found, new float[K]);
        assertNull(scratch.filterRegime());
    }

    /** Too few for the walk, which must end in a scan. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindAllWhenFewerAreAcceptedThanWanted(GraphLayout layout) {
        for (FilterRegime regime : FilterRegime.values()) {
            SearchScratch scratch = world.index(layout).newScratch(K, EF);
            scratch.modes().force(regime);
            OrdinalBitSet filter = new OrdinalBitSet(ROWS);
            for (int i = 1; i < K; i++) {
                filter.add(i == 1 ? ROWS - 1 : 17 * i);
            }
            int[] found = new int[K];
            SearchRequest request = new SearchRequest().k(K).efSearch(EF).filter(filter);
            for (int q = 0; q < world.queryCount(); q++) {
                int count =
                        world.index(layout)
                                .searchInto(scratch, world.query(q), request, found, new float[K]);
                assertEquals(K - 1, count, regime.toString());
                assertEquals(K - 1, world.truth(q).hits(found, count, K - 1, filter));
            }
        }
    }
}
