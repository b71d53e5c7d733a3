package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.calibrate.RecallCalibration;
import io.millrace.index.recall.RecallCurve;
import io.millrace.index.recall.RecallCurveLayout;
import io.millrace.index.recall.RecallInterval;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Efforts that calibration chooses, judged by queries that it has never seen. */
final class RecallCurveTest {
    private static final int ROWS = 4000;
    private static final int DIMENSION = 24;
    private static final int K = 10;
    private static final RecallCalibration.Plan PLAN =
            new RecallCalibration.Plan(List.of(1, K), 400, 512, 2, 1);

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "GAUSSIAN, L2, F32",
        "GAUSSIAN, COSINE, INLINED",
        "CLUSTERED, L2, INLINED",
        "DUPLICATED, L2, F32",
        "OUTLIER, L2, F32",
        "UNEVEN, COSINE, F32"
    })
    void shouldReachTheRecallWhenQueriesAreNew(Worlds world, Metric metric, GraphLayout layout) {
        try (VectorSet rows = world.rows(ROWS, DIMENSION, 1);
                VectorSet queries = world.rows(400, DIMENSION, 2);
                HnswIndex index = HnswRecallTest.build(rows, metric, 2, layout)) {
            RecallCurve curve = RecallCalibration.run(index, PLAN, ProgressListener.NONE);
            for (double wanted : new double[] {0.9, 0.95, 0.98}) {
                int ef = curve.efFor(wanted, K);
                double recall = HnswRecallTest.recall(index, queries, K, ef);
                // The judges are a sample too.
                double slack = recall - RecallInterval.of(recall, queries.count()).low();
                assertTrue(
                        recall + slack >= wanted,
                        "wanted=" + wanted + ", ef=" + ef + ", recall=" + recall + ", " + curve);
            }
        }
    }

    @Test
    void shouldNeedLessEffortThanTheNextLargerMeasuredWhenWithinTheCurve() {
        RecallCurve curve = curve(line(10, 10, 0.8, 20, 0.9, 40, 0.99));
        // So many trials that the bound is the mean; a straight line, rounded up.
        assertEquals(10, curve.efFor(0.5, 10));
        assertEquals(16, curve.efFor(0.8501, 10));
        assertEquals(40, curve.efFor(0.989999, 10));
        assertEquals(16, curve.efFor(0.8501, 3));
    }

    @Test
    void shouldAddTheErrorOfTheSampleWhenItIsSmall() {
        List<RecallCurve.Point> points =
                List.of(
                        new RecallCurve.Point(10, 0.8, 100),
                        new RecallCurve.Point(20, 0.95, 100),
                        new RecallCurve.Point(40, 0.99, 100));
        RecallCurve curve = new RecallCurve(100, List.of(new RecallCurve.Line(10, points)));
        // Wilson's lower bounds by hand: 0.7267, 0.9009, 0.9557.
        assertEquals(10, curve.efFor(0.72, 10));
        assertEquals(20, curve.efFor(0.9, 10));
        assertEquals(38, curve.efFor(0.95, 10));
    }

    @Test
    void shouldNameTheBestReachableWhenMoreIsWanted() {
        RecallCurve curve = curve(line(10, 10, 0.8, 40, 0.99));
        MillraceException e = assertThrows(MillraceException.class, () -> curve.efFor(0.995, 10));
        assertEquals(ErrorCode.LIMIT, e.code());
        assertTrue(e.getMessage().contains("limit=0.9900 at ef=40"), e.getMessage());
        assertTrue(
                assertThrows(MillraceException.class, () -> curve.efFor(0.9, 11))
                        .getMessage()
                        .contains("k=11, limit=10"));
        for (double none : new double[] {-0.1, 1.1, Double.NaN}) {
            assertEquals(
                    ErrorCode.USAGE,
                    assertThrows(MillraceException.class, () -> curve.efFor(none, 10)).code());
        }
    }

    @Test
    void shouldNotDependOnThreadsWhenCalibrated() {
        try (VectorSet rows = Worlds.CLUSTERED.rows(700, 12, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 2)) {
            RecallCurve one = calibrate(index, 1);
            assertEquals(one, calibrate(index, 3));
            assertNull(index.recallCurve());
            MillraceException e = assertThrows(MillraceException.class, () -> index.efFor(0.9, 10));
            assertEquals(ErrorCode.MISMATCH, e.code());
        }
    }

    @Test
    void shouldReachEverythingWhenThereAreFewerRowsThanK() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(3, 4, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 1)) {
            RecallCurve curve = calibrate(index, 2);
            assertEquals(1, curve.lines().getLast().points().getLast().recall());
            assertEquals(10, curve.efFor(0.9, 10));
        }
    }

    @Test
    void shouldRefuseWhenThereIsNothingToCalibrateOn() {
        try (VectorSet rows = VectorSet.allocate(0, 4);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 1)) {
            assertEquals(
                    ErrorCode.BAD_INPUT,
                    assertThrows(MillraceException.class, () -> calibrate(index, 1)).code());
        }
    }

    @Test
    void shouldKeepTheCurveWhenWrittenAndOpened() {
        Path path = folder.resolve("index");
        try (VectorSet rows = Worlds.CLUSTERED.rows(300, 12, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 2)) {
            HnswFile.write(index, path);
            try (HnswIndex without = HnswFile.open(path)) {
                assertNull(without.recallCurve());
            }
            RecallCurve curve = calibrate(index, 2);
            index.keepRecallCurve(curve);
            HnswFile.write(index, path);
            try (HnswIndex opened = HnswFile.open(path);
                    HnswIndex mapped = HnswFile.map(path)) {
                assertEquals(curve, opened.recallCurve());
                assertEquals(curve, mapped.recallCurve());
                assertEquals(curve.efFor(0.9, 10), opened.efFor(0.9, 10));
            }
        }
    }

    @Test
    void shouldRefuseWhenTheSectionIsNoCurve() {
        RecallCurve curve = curve(line(10, 10, 0.8, 40, 0.99), line(20, 20, 0.7));
        byte[] whole = RecallCurveLayout.write(curve).toArray(ValueLayout.JAVA_BYTE);
        assertEquals(8 + 8 + 2 * 24 + 8 + 24, whole.length);
        assertEquals(curve, read(whole));
        long before = DirectMemory.allocatedBytes();
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), "length " + length);
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "longer");
        // Queries, lines, k, points, an effort, a recall, trials: each of them impossible.
        for (int offset : new int[] {0, 4, 8, 12, 16, 24, 32}) {
            byte[] broken = whole.clone();
            broken[offset + 3] |= (byte) 0x80;
            for (int i = 0; i < (offset < 16 ? 4 : 8); i++) {
                broken[offset + i] = (byte) 0xFF;
            }
            assertRefused(broken, "offset " + offset);
        }
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    private void assertRefused(byte[] section, String what) {
        MillraceException e = assertThrows(MillraceException.class, () -> read(section), what);
        assertEquals(ErrorCode.CORRUPT_FILE, e.code(), what);
        assertTrue(e.getMessage().contains("section=recall-curve"), e.getMessage());
    }

    private RecallCurve read(byte[] section) {
        return RecallCurveLayout.read(MemorySegment.ofArray(section), folder);
    }

    private static RecallCurve calibrate(HnswIndex index, int threads) {
        return RecallCalibration.run(
                index,
                new RecallCalibration.Plan(List.of(1, K), 100, 64, threads, 1),
                ProgressListener.NONE);
    }

    private static RecallCurve curve(RecallCurve.Line... lines) {
        return new RecallCurve(100, List.of(lines));
    }

    /** Efforts and recalls in turn, of as many trials as leave no doubt. */
    private static RecallCurve.Line line(int k, double... numbers) {
        List<RecallCurve.Point> points = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 2) {
            points.add(new RecallCurve.Point((int) numbers[i], numbers[i + 1], 1e15));
        }
        return new RecallCurve.Line(k, points);
    }
}
