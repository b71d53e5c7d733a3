package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.RowType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

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
            assertTrue(report.selfRecall() >= 0.99, report.toString());
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

    @Test
    void shouldTakeLessMemoryWhenRowsAreRounded() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(500, 128, 1)) {
            assertEquals(640, recordBytes(rows, RowType.F32));
            assertEquals(384, recordBytes(rows, RowType.BF16));
            assertEquals(320, recordBytes(rows, RowType.INT8));
        }
    }

    private static long recordBytes(VectorSet rows, RowType type) {
        try (HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.F32, type)) {
            return index.memory().layout().strideBytes();
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
