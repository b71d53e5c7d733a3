package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.RowSpace;
import io.millrace.index.graph.RowType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;

/** Indexes whose rows are kept with fewer bits, against exact search over what they were. */
final class RowTypeTest {
    private static final int ROWS = 3000;
    private static final int QUERIES = 100;
    private static final int K = 10;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "GAUSSIAN, L2, F32, BF16, 0.97",
        "GAUSSIAN, COSINE, F32, INT8, 0.95",
        "CLUSTERED, INNER_PRODUCT, F32, BF16, 0.93",
        "DUPLICATED, L2, F32, INT8, 0.95",
        "UNEVEN, COSINE, F32, BF16, 0.97",
        "OUTLIER, L2, F32, INT8, 0.95",
        "UNEVEN, INNER_PRODUCT, F32, INT8, 0.93",
        "UNEVEN, INNER_PRODUCT, INLINED, INT8, 0.93",
        "UNEVEN, INNER_PRODUCT, F32, BF16, 0.93",
        "UNEVEN, INNER_PRODUCT, INLINED, BF16, 0.93",
        "GAUSSIAN, INNER_PRODUCT, INLINED, INT8, 0.93",
        "GAUSSIAN, L2, INLINED, INT8, 0.95",
        "DUPLICATED, COSINE, INLINED, BF16, 0.95",
        "UNEVEN, L2, INLINED, BF16, 0.90"
    })
    void shouldFindTheTrueNeighboursWhenRowsAreRounded(
            Worlds world, Metric metric, GraphLayout layout, RowType rowType, double least) {
        try (VectorSet rows = world.rows(ROWS, 40, 1);
                VectorSet queries = world.rows(QUERIES, 40, 2);
                FlatIndex truth = FlatIndex.over(rows, Worlds.ids(ROWS), metric);
                HnswIndex index = HnswRecallTest.build(rows, metric, 2, layout, rowType)) {
            GraphReport report = GraphCheck.check(index, 200, 3);
            assertEquals(ROWS, report.reachable(), report.toString());
            double leastFound = layout == GraphLayout.INLINED ? 0.95 : 0.99;
            assertTrue(report.selfRecall() >= leastFound, report.toString());
            double own = HnswRecallTest.recall(index, queries, K, 300);
            assertTrue(own >= 0.95, "over the rounded rows: recall=" + own);
            double recall = recall(index, truth, rows, metric, queries);
            assertTrue(recall >= least, "over the true rows: recall=" + recall);
        }
    }

    /** By the true scores of what was found; one as good as the last of the best is found. */
    private static double recall(
            HnswIndex index, FlatIndex truth, VectorSet rows, Metric metric, VectorSet queries) {
        SearchScratch scratch = index.newScratch(K, 300);
        SearchScratch exact = truth.newScratch(K, 1);
        int[] found = new int[K];
        int[] nearest = new int[K];
        float[] scores = new float[K];
        float[] best = new float[K];
        int hits = 0;
        for (int q = 0; q < QUERIES; q++) {
            float[] query = Worlds.row(queries, q);
            int count = index.searchInto(scratch, query, K, 300, found, scores);
            truth.searchInto(exact, query, K, 1, nearest, best);
            double last = score(metric, query, Worlds.row(rows, nearest[K - 1]));
            for (int i = 0; i < count; i++) {
                double score = score(metric, query, Worlds.row(rows, found[i]));
                hits += score >= last ? 1 : 0;
            }
        }
        return (double) hits / (QUERIES * K);
    }

    private static double score(Metric metric, float[] query, float[] row) {
        double dot = 0;
        double distance = 0;
        double square = 0;
        for (int i = 0; i < row.length; i++) {
            double difference = (double) query[i] - row[i];
            dot += (double) query[i] * row[i];
            distance += difference * difference;
            square += (double) row[i] * row[i];
        }
        return switch (metric) {
            case L2 -> -distance;
            case INNER_PRODUCT -> dot;
            case COSINE -> dot / Math.sqrt(square);
        };
    }

    /** A bfloat16 is right to one part in 256, an int8 to half a 127th of the largest. */
    @ParameterizedTest
    @CsvSource({"F32, F32", "F32, BF16", "F32, INT8", "INLINED, BF16", "INLINED, INT8"})
    void shouldGiveRowsBackWhenTheyAreRounded(GraphLayout layout, RowType rowType) {
        double error =
                switch (rowType) {
                    case F32 -> 1e-6;
                    case BF16 -> 1.0 / 256;
                    case INT8 -> 0.5 / 127;
                };
        try (VectorSet rows = Worlds.UNEVEN.rows(300, 40, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 2, layout, rowType)) {
            float[] vector = new float[40];
            for (int row = 0; row < 300; row++) {
                float[] expected = Worlds.row(rows, row);
                index.vectorInto(row, vector, 0);
                double off = 0;
                double square = 0;
                for (int i = 0; i < 40; i++) {
                    off += Math.pow(vector[i] - expected[i], 2);
                    square += Math.pow(expected[i], 2);
                }
                // Each number is off by no more than its part of the row's length.
                double dimensions = rowType == RowType.INT8 ? 64 : 1;
                assertTrue(Math.sqrt(off) <= error * Math.sqrt(square * dimensions) * 1.01);
            }
        }
    }

    /** Shorter rows are brought to length 1 by one number that is larger than all the others. */
    @ParameterizedTest
    @CsvSource({
        "F32, BF16, 65, 320",
        "F32, INT8, 65, 256",
        "INLINED, BF16, 96, 1024",
        "INLINED, INT8, 96, 960"
    })
    void shouldKeepTheDirectionOfShortRowsWhenLengthsAreUneven(
            GraphLayout layout, RowType type, int dimension, long recordBytes) {
        try (VectorSet rows = Worlds.UNEVEN.rows(1000, 64, 1);
                HnswIndex index =
                        HnswRecallTest.build(rows, Metric.INNER_PRODUCT, 2, layout, type)) {
            assertEquals(dimension, index.storedDimension());
            assertEquals(recordBytes, index.vectorStrideBytes());
            RowSpace space = index.memory().space(true);
            float[] vector = new float[64];
            float[] stored = new float[space.paddedDimension()];
            float[] batch = new float[2];
            float longest = index.form().longest();
            int seen = 0;
            for (int row = 0; row < 1000; row++) {
                float[] given = Worlds.row(rows, row);
                index.vectorInto(row, vector, 0);
                // Of what is shorter, not even rotated float32 would leave anything.
                if (Math.sqrt(square(given)) > 1e-3 * longest) {
                    double cosine = score(Metric.COSINE, given, vector) / Math.sqrt(square(given));
                    assertTrue(cosine > 0.9995, "row " + row + ": cosine=" + cosine);
                    seen++;
                }
                space.copyInto(row, stored);
                double own = square(stored);
                // But of the longest, which rounding may have made longer.
                assertEquals(
                        1,
                        own,
                        square(given) > 0.98 * longest * longest ? 4e-3 : 1e-5,
                        "row " + row);
                assertEquals(-own, space.distance(stored, row), 1e-5);
                assertEquals(-own, space.distance(row, row), 1e-5);
                space.distances(stored, new int[] {row, 0}, 2, batch);
                assertEquals(space.distance(stored, row), batch[0]);
                assertEquals(space.distance(stored, 0), batch[1]);
            }
            assertTrue(seen > 300, "rows: " + seen);
        }
    }

    private static double square(float[] x) {
        double sum = 0;
        for (float number : x) {
            sum += (double) number * number;
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"L2, F32", "INNER_PRODUCT, F32", "L2, INLINED", "INNER_PRODUCT, INLINED"})
    void shouldFindEveryRowWhenAllAreZero(Metric metric, GraphLayout layout) {
        try (VectorSet rows = VectorSet.allocate(50, 40);
                HnswIndex index = HnswRecallTest.build(rows, metric, 2, layout, RowType.INT8)) {
            SearchScratch scratch = index.newScratch(50, 50);
            int[] found = new int[50];
            float[] scores = new float[50];
            float[] query = new float[40];
            assertEquals(50, index.searchInto(scratch, query, 50, 50, found, scores));
            assertEquals(0, scores[0]);
            assertEquals(0, scores[49]);
            assertEquals(50, Arrays.stream(found).distinct().count());
        }
    }

    /** One number a million times as large as the others takes their bits, of its own row alone. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldLoseNoOtherRowsWhenOneHasAFarOutlier(GraphLayout layout) {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(1000, 40, 1);
                VectorSet queries = Worlds.GAUSSIAN.rows(QUERIES, 40, 2)) {
            float[] strange = Worlds.row(rows, 500);
            strange[7] = 1e6f;
            rows.set(500, strange, 0);
            try (FlatIndex truth = FlatIndex.over(rows, Worlds.ids(1000), Metric.L2);
                    HnswIndex index =
                            HnswRecallTest.build(rows, Metric.L2, 2, layout, RowType.INT8)) {
                assertEquals(1000, GraphCheck.check(index, 0, 1).reachable());
                assertTrue(recall(index, truth, rows, Metric.L2, queries) >= 0.95);
                int[] found = new int[1];
                SearchScratch scratch = index.newScratch(1, 64);
                index.searchInto(scratch, strange, 1, 64, found, new float[1]);
                assertEquals(500, found[0]);
            }
        }
    }

    @Test
    void shouldLoseMoreWhenBitsAreFewer() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(500, 40, 1)) {
            RoundingLoss none = loss(rows, RowType.F32);
            RoundingLoss half = loss(rows, RowType.BF16);
            RoundingLoss bytes = loss(rows, RowType.INT8);
            assertEquals(RoundingLoss.NONE, none);
            assertTrue(half.meanError() > 1e-5 && half.meanError() < 1e-3, half.toString());
            assertTrue(bytes.meanError() > half.meanError(), half + " " + bytes);
            assertTrue(bytes.meanError() < 1e-2, bytes.toString());
            assertTrue(half.worstError() > half.meanError(), half.toString());
            assertTrue(bytes.worstError() < 5e-2, bytes.toString());
        }
    }

    private static RoundingLoss loss(VectorSet rows, RowType type) {
        try (HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.F32, type)) {
            return RoundingLoss.of(index, rows);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RowType.class,
            names = {"BF16", "INT8"})
    void shouldRefuseToShowRowsInPlaceWhenTheyAreNotFloats(RowType type) {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(50, 8, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 1, GraphLayout.F32, type)) {
            MillraceException e = assertThrows(MillraceException.class, index::vectorSegment);
            assertEquals(ErrorCode.USAGE, e.code());
            assertTrue(e.getMessage().contains("type=" + type), e.getMessage());
        }
    }

    /** Before there were other types, the meta section ended in zeros where the type stands now. */
    @Test
    void shouldReadFloatsWhenTheFileSaysNothingOfItsRows() {
        Path path = folder.resolve("index");
        try (VectorSet rows = Worlds.GAUSSIAN.rows(50, 20, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 1)) {
            MemorySegment meta = HnswFile.meta(index);
            for (int at = 44; at < 64; at++) {
                assertEquals(0, meta.get(ValueLayout.JAVA_BYTE, at), "byte " + at);
            }
            HnswFile.write(index, path);
            try (HnswIndex read = HnswFile.open(path)) {
                float[] vector = new float[20];
                read.vectorInto(30, vector, 0);
                assertArrayEquals(Worlds.row(rows, 30), vector);
            }
        }
    }

    /** A file with good checksums that says what can't be. */
    @ParameterizedTest
    @CsvSource({"3, no such type of rows: code=3", "-1, code=-1", "0, section=nodes", "1, nodes"})
    void shouldRefuseWhenAFileNamesAnotherType(int code, String message) {
        Path path = folder.resolve("index");
        try (VectorSet rows = Worlds.GAUSSIAN.rows(50, 100, 1);
                HnswIndex index =
                        HnswRecallTest.build(rows, Metric.L2, 1, GraphLayout.F32, RowType.INT8)) {
            HnswFile.write(index, path);
            try (HnswIndex read = HnswFile.open(path)) {
                assertEquals(RowType.INT8, read.parameters().rowType());
            }
            writeWithType(index, path, code);
            MillraceException e =
                    assertThrows(MillraceException.class, () -> HnswFile.open(path).close());
            assertEquals(ErrorCode.CORRUPT_FILE, e.code());
            assertTrue(e.getMessage().contains(message), e.getMessage());
        }
    }

    private static void writeWithType(HnswIndex index, Path path, int code) {
        MemorySegment meta = HnswFile.meta(index);
        assertEquals(2, meta.get(HnswFileLayout.INT, HnswFileLayout.ROW_TYPE_OFFSET));
        meta.set(HnswFileLayout.INT, HnswFileLayout.ROW_TYPE_OFFSET, code);
        GraphMemory memory = index.memory();
        try (SectionFileWriter writer =
                SectionFileWriter.create(path, HnswFileLayout.KIND, HnswFileLayout.VERSION)) {
            writer.section(HnswFileLayout.META, meta);
            writer.section(HnswFileLayout.IDS, index.ids().segment());
            writer.section(HnswFileLayout.NODES, memory.records());
            writer.section(HnswFileLayout.UPPER_STARTS, memory.upperStarts());
            writer.section(HnswFileLayout.UPPER_LISTS, memory.upperLists());
            writer.commit();
        }
    }
}
