package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;

/** Bad and borderline input of builds; nothing stays allocated behind an error. */
@ExtendWith(FreesMemory.class)
final class HnswInputTest {
    @ParameterizedTest
    @EnumSource(Metric.class)
    void shouldHoldNothingWhenEmpty(Metric metric) {
        try (VectorSet rows = VectorSet.allocate(0, 4);
                HnswIndex index = HnswRecallTest.build(rows, metric, 2)) {
            assertEquals(0, index.size());
            assertEquals(VectorIndex.NO_ORDINAL, index.ordinalOf(5));
            assertEquals(0, GraphCheck.check(index, 10, 1).nodes());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 40})
    void shouldReachAllWhenRowsAreFew(int count) {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(count, 5, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 2)) {
            assertEquals(count, GraphCheck.check(index, 10, 1).reachable());
        }
    }

    @Test
    void shouldRefuseWhenTheScratchIsTooSmallOrOfAnotherIndex() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(30, 5, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 1);
                HnswIndex other = HnswRecallTest.build(rows, Metric.L2, 1)) {
            SearchScratch scratch = index.newScratch(5, 20);
            assertFails(ErrorCode.LIMIT, "k=6, limit=5", () -> search(index, scratch, 6, 6));
            assertFails(ErrorCode.LIMIT, "ef=21, limit=20", () -> search(index, scratch, 5, 21));
            assertFails(ErrorCode.USAGE, "k=-1", () -> search(index, scratch, -1, 5));
            assertFails(ErrorCode.INTERNAL, "another index", () -> search(other, scratch, 1, 1));
            assertFails(
                    ErrorCode.INTERNAL,
                    "another index",
                    () -> search(index.exact(), scratch, 1, 1));
            assertFails(ErrorCode.USAGE, "least=1", () -> index.newScratch(0, 1));
            assertEquals(5, search(index, scratch, 5, 20));
            assertEquals(5, search(index, scratch, 5, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void shouldNameTheRowWhenANumberIsBad(Metric metric) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1e16f}) {
            try (VectorSet rows = Worlds.GAUSSIAN.rows(30, 3, 1)) {
                rows.set(21, new float[] {1, 2, bad}, 0);
                String where = "row=21, column=2, value=" + bad;
                for (GraphLayout layout : GraphLayout.values()) {
                    assertFails(
                            ErrorCode.BAD_INPUT,
                            where,
                            () -> HnswRecallTest.build(rows, metric, 1, layout));
                }
                assertFails(
                        ErrorCode.BAD_INPUT,
                        where,
                        () -> FlatIndex.over(rows, Worlds.ids(30), metric));
            }
        }
    }

    @Test
    void shouldNameTheRowWhenAZeroVectorHasNoDirection() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(30, 3, 1)) {
            rows.set(4, new float[3], 0);
            for (GraphLayout layout : GraphLayout.values()) {
                assertFails(
                        ErrorCode.BAD_INPUT,
                        "row=4",
                        () -> HnswRecallTest.build(rows, Metric.COSINE, 1, layout));
            }
            assertFails(
                    ErrorCode.BAD_INPUT,
                    "row=4",
                    () -> FlatIndex.over(rows, Worlds.ids(30), Metric.COSINE));
            for (Metric metric : new Metric[] {Metric.L2, Metric.INNER_PRODUCT}) {
                try (HnswIndex index = HnswRecallTest.build(rows, metric, 1)) {
                    assertEquals(30, GraphCheck.check(index, 0, 1).reachable());
                }
            }
        }
    }

    @Test
    void shouldScaleWhenRowsAreTinyOrLarge() {
        try (VectorSet rows = Worlds.of(new float[][] {{1e-30f, 0}, {0, 1e-25f}, {1e14f, 1e14f}});
                HnswIndex index = HnswRecallTest.build(rows, Metric.COSINE, 1)) {
            float[] vector = new float[2];
            index.vectorInto(0, vector, 0);
            assertEquals(1f, vector[0]);
            assertEquals(0, search(index, new float[] {1, 0.1f}, 1)[0]);
            assertEquals(1, search(index, new float[] {-1, 5}, 1)[0]);
            assertEquals(2, search(index, new float[] {1, 1}, 1)[0]);
        }
    }

    @Test
    void shouldFindRowsByIdWhenIdsAreAnyNumbers() {
        long[] ids = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE};
        try (VectorSet rows = Worlds.GAUSSIAN.rows(5, 3, 1);
                HnswIndex index =
                        HnswBuilder.build(
                                rows,
                                ids,
                                HnswParameters.defaults(Metric.L2),
                                ProgressListener.NONE)) {
            for (int i = 0; i < ids.length; i++) {
                assertEquals(ids[i], index.itemId(i));
                assertEquals(i, index.ordinalOf(ids[i]));
            }
            assertEquals(VectorIndex.NO_ORDINAL, index.ordinalOf(2));
            assertThrows(IndexOutOfBoundsException.class, () -> index.itemId(5));
            assertThrows(
                    IndexOutOfBoundsException.class, () -> index.vectorInto(-1, new float[3], 0));
        }
    }

    @Test
    void shouldRefuseWhenIdsDoNotFitTheRows() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(4, 3, 1)) {
            assertFails(
                    ErrorCode.BAD_INPUT,
                    "id=8, row=1, row=3",
                    () -> build(rows, new long[] {7, 8, 9, 8}));
            assertFails(
                    ErrorCode.BAD_INPUT, "ids=3, rows=4", () -> build(rows, new long[] {7, 8, 9}));
            assertFails(
                    ErrorCode.BAD_INPUT,
                    "id=8, row=1, row=3",
                    () -> FlatIndex.over(rows, new long[] {7, 8, 9, 8}, Metric.L2));
        }
    }

    @Test
    void shouldRefuseWhenParametersMakeNoGraph() {
        HnswParameters good = HnswParameters.defaults(Metric.L2);
        assertFails(ErrorCode.USAGE, "maxConnections=1", () -> good.withMaxConnections(1));
        assertFails(ErrorCode.USAGE, "maxConnections=129", () -> good.withMaxConnections(129));
        assertFails(ErrorCode.USAGE, "efConstruction=15", () -> good.withEfConstruction(15));
        assertFails(ErrorCode.USAGE, "threads=0", () -> good.withThreads(0));
    }

    private static HnswIndex build(VectorSet rows, long[] ids) {
        return HnswBuilder.build(
                rows, ids, HnswParameters.defaults(Metric.L2), ProgressListener.NONE);
    }

    private static int search(VectorIndex index, SearchScratch scratch, int k, int ef) {
        return index.searchInto(
                scratch, new float[index.dimension()], k, ef, new int[100], new float[100]);
    }

    private static int[] search(VectorIndex index, float[] query, int k) {
        int[] ordinals = new int[k];
        SearchScratch scratch = index.newScratch(Math.max(1, k), 64);
        int count = index.searchInto(scratch, query, k, 64, ordinals, new float[k]);
        return Arrays.copyOf(ordinals, count);
    }

    private static void assertFails(ErrorCode code, String part, Runnable action) {
        MillraceException e = assertThrows(MillraceException.class, action::run);
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
