package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Searches with a filter among so many rows that they choose each of the three ways themselves. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FilteredManyRowsTest {
    private static final int ROWS = 100_000;

    /** More than a walk of the effort of these searches measures before it is known to be vain. */
    private static final int ROWS_OF_WALK = 64 * FilterWorld.EF;

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
        "F32, RANDOM, 0.5, PLAIN",
        "F32, FAR, 0.7, PLAIN",
        "F32, FAR, 0.5, PLAIN",
        "F32, FAR, 0.2, MASKED",
        "F32, RANDOM, 0.2, MASKED",
        "F32, NEAR, 0.2, MASKED",
        "F32, ASIDE, 0.2, MASKED",
        "F32, RANDOM, 0.1, MASKED",
        "F32, FAR, 0.1, MASKED",
        "F32, NEAR, 0.1, MASKED",
        "F32, ASIDE, 0.1, MASKED",
        "F32, FAR, 0.04, MASKED",
        "F32, ASIDE, 0.04, MASKED",
        "INLINED, RANDOM, 0.5, PLAIN",
        "INLINED, FAR, 0.7, PLAIN",
        "INLINED, FAR, 0.5, PLAIN",
        "INLINED, FAR, 0.2, MASKED",
        "INLINED, RANDOM, 0.2, MASKED",
        "INLINED, RANDOM, 0.1, MASKED",
        "INLINED, RANDOM, 0.04, MASKED",
        "INLINED, FAR, 0.04, MASKED",
        "INLINED, NEAR, 0.04, MASKED",
        "INLINED, ASIDE, 0.04, MASKED",
        "F32, NEAR, 0.01, SCAN",
        "INLINED, FAR, 0.01, SCAN",
        "F32, FAR, 0.001, SCAN",
        "INLINED, RANDOM, 0.001, SCAN"
    })
    void shouldFindTheNearestWhenTheWayIsChosen(
            GraphLayout layout, FilterWorld.Kind kind, double share, FilterRegime expected) {
        FilterWorld.Cost cost = world.assertFound(layout, kind, share, null);
        assertEquals(expected, cost.regime());
        // A walk among accepted rows that came to all of them would be a slow scan; where they lie
        // elsewhere than the query, a scan is what a walk may end in.
        boolean isNear = kind == FilterWorld.Kind.RANDOM || kind == FilterWorld.Kind.NEAR;
        double most = ROWS * share + (isNear ? 0 : ROWS_OF_WALK);
        assertTrue(expected != FilterRegime.MASKED || cost.mostRows() < most, cost.toString());
    }
}
