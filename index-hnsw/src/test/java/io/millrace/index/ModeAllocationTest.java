package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeKind;
import io.millrace.index.attributes.AttributeSchema;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.graph.RowType;
import io.millrace.index.predicate.Predicate;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No mode of a search allocates once it is compiled. */
final class ModeAllocationTest {
    private static final int ROWS = 3000;
    private static final int QUERIES = 15;
    private static final int ROUNDS = 40;
    private static final AttributeSchema SCHEMA =
            AttributeSchema.of(new Attribute("is_adult", AttributeKind.BOOL));

    private final float[][] queries = ModeWorld.queries(QUERIES);
    private final float[][] several = {queries[0], queries[1], queries[2]};
    private final int[] ordinals = new int[10];
    private final float[] scores = new float[10];

    @ParameterizedTest
    @CsvSource({"F32, F32", "INLINED, F32", "F32, INT8"})
    void shouldAllocateNothingWhenWarm(GraphLayout layout, RowType type) {
        try (VectorSet rows = ModeWorld.rows(ROWS, 1);
                HnswIndex graph = HnswRecallTest.build(rows, Metric.COSINE, 2, layout, type);
                AttributeTable table = AttributeTable.allocate(SCHEMA, ROWS);
                FlatIndex exact = graph.exact()) {
            FilterPlan plan = FilterPlan.of(Predicate.compile("not is_adult", SCHEMA), table);
            for (FilterRegime regime : FilterRegime.values()) {
                assertEquals(0, bytesPerRound(graph, plan, regime), regime.toString());
            }
            assertEquals(0, bytesPerRound(exact, plan, FilterRegime.SCAN), "exact");
        }
    }

    private long bytesPerRound(VectorIndex index, FilterPlan plan, FilterRegime regime) {
        SearchScratch scratch = index.newScratch(10, 64);
        scratch.modes().force(regime);
        SearchRequest timed = new SearchRequest().budgetNs(Long.MAX_VALUE - 1);
        SearchRequest filtered = new SearchRequest().filter(ModeWorld.some(ROWS, 0.5));
        SearchRequest predicated = new SearchRequest().predicate(plan);
        SearchRequest ranged = new SearchRequest().minScore(0.2f);
        SearchRequest paged = new SearchRequest().filter(ModeWorld.some(ROWS, 0.5)).resumable(true);
        return WarmAllocation.bytesPerRound(
                ROUNDS,
                () -> {
                    long found = 0;
                    for (float[] query : queries) {
                        found += index.searchInto(scratch, query, timed, ordinals, scores);
                        found += index.searchInto(scratch, query, filtered, ordinals, scores);
                        found += index.searchInto(scratch, query, predicated, ordinals, scores);
                        found += index.searchInto(scratch, query, ranged, ordinals, scores);
                        found += index.searchAnyInto(scratch, several, filtered, ordinals, scores);
                        found += index.searchInto(scratch, query, paged, ordinals, scores);
                        found += index.nextInto(scratch, ordinals, scores);
                    }
                    return found;
                });
    }
}
