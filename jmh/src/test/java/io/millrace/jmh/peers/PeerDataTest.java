package io.millrace.jmh.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.VectorSet;
import io.millrace.index.vectors.VecsWriter;
import io.millrace.index.vectors.VectorFiles;
import io.millrace.jmh.peers.driver.Space;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/** What engines get, and how their answers are judged, against plain loops. */
final class PeerDataTest {
    private static final int K = 10;
    private static final int ALL = Integer.MAX_VALUE;

    @TempDir private Path folder;
    private long allocatedBytes;
    private float[][] base;
    private float[][] queries;

    @BeforeEach
    void makeRows() throws IOException {
        allocatedBytes = DirectMemory.allocatedBytes();
        base = rows(200, 1);
        queries = rows(7, 2);
        // A twin of row 3, far behind it.
        base[190] = base[3].clone();
        write("base.fvecs", base);
        write("query.fvecs", queries);
        VecsWriter.write(folder.resolve("truth.ivecs"), truth(PeerDataTest::distance));
        Files.createDirectory(work());
    }

    @AfterEach
    void shouldHaveFreedEverything() {
        assertEquals(allocatedBytes, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldCountWhatIsAmongTheNearestOnceWhenAnswersAreJudged() throws IOException {
        int[][] truth = truth(PeerDataTest::distance);
        try (PeerData data = prepare(Space.L2, ALL)) {
            assertEquals(1, data.recall(answers(truth)));
            int[][] found = new int[truth.length][];
            for (int i = 0; i < truth.length; i++) {
                found[i] = truth[i].clone();
            }
            // Far rows, a row given twice, and fewer than asked for: four of seventy are missing.
            found[0][9] = farthest(0);
            found[1][0] = farthest(1);
            found[2][4] = found[2][3];
            found[3][9] = -1;
            assertEquals(66 / 70.0, data.recall(answers(found)), 1e-12);
        }
    }

    @Test
    void shouldCountATwinOfTheLastWhenItIsAsNear() throws IOException {
        queries[0] = base[3].clone();
        write("query.fvecs", queries);
        int[][] truth = truth(PeerDataTest::distance);
        // Of the two at distance 0 the truth names one only, and it is its last.
        int[][] narrow = new int[truth.length][K];
        for (int i = 0; i < truth.length; i++) {
            narrow[i] = truth[i].clone();
        }
        Arrays.fill(narrow[0], 3);
        VecsWriter.write(folder.resolve("truth.ivecs"), narrow);
        int[][] found = new int[truth.length][];
        for (int i = 0; i < truth.length; i++) {
            found[i] = narrow[i].clone();
        }
        Arrays.fill(found[0], -1);
        found[0][0] = 190;
        try (PeerData data = prepare(Space.L2, ALL)) {
            assertEquals((60 + 1) / 70.0, data.recall(answers(found)), 1e-12);
        }
    }

    @Test
    void shouldScaleRowsAndComputeTheTruthWhenTheMetricIsInnerProduct() throws IOException {
        try (PeerData data = prepare(Space.IP, ALL)) {
            assertEquals(1, data.recall(answers(truth(PeerDataTest::angle))));
            assertTrue(data.recall(answers(truth(PeerDataTest::distance))) < 1);
            try (VectorSet rows = VectorFiles.read(data.baseFile(), ALL)) {
                float[] row = new float[base[5].length];
                rows.get(5, row, 0);
                assertEquals(0, angle(base[5], row) + 1, 1e-6);
                assertEquals(1, -angle(row, row) * norm(row), 1e-6);
            }
        }
    }

    @Test
    void shouldComputeTheTruthWhenOnlySomeRowsAreUsed() throws IOException {
        base = Arrays.copyOf(base, 50);
        int[][] truth = truth(PeerDataTest::distance);
        try (PeerData data = prepare(Space.L2, 50)) {
            assertEquals(50, data.rows());
            assertEquals(1, data.recall(answers(truth)));
            try (VectorSet rows = VectorFiles.read(data.baseFile(), ALL)) {
                assertEquals(50, rows.count());
            }
        }
    }

    @Test
    void shouldGiveTheFileItselfWhenItIsUsedAsItStands() {
        try (PeerData data = prepare(Space.L2, ALL)) {
            assertEquals(folder.resolve("base.fvecs"), data.baseFile());
            assertEquals(200, data.rows());
            assertEquals(12, data.dimension());
            assertEquals(7, data.queries());
        }
    }

    @Test
    void shouldRefuseWhenFoldersOrAnswersMakeNoSense() throws IOException {
        Path missing = folder.resolve("missing");
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                PeerData.prepare(
                                        PeerSamples.plan(missing, Space.L2, ALL, folder), work()));
        assertEquals(ErrorCode.NOT_FOUND, e.code());
        assertEquals("no such folder: --data=" + missing + "; check the path", e.getMessage());

        try (PeerData data = prepare(Space.L2, ALL)) {
            Path answers = folder.resolve("10.ints");
            Files.write(answers, new byte[12]);
            e = assertThrows(MillraceException.class, () -> data.recall(answers));
            assertTrue(e.getMessage().contains("bytes=12, expected=280"), e.getMessage());
            int[][] alien = truth(PeerDataTest::distance);
            alien[2][1] = 200;
            Path named = answers(alien);
            e = assertThrows(MillraceException.class, () -> data.recall(named));
            assertTrue(e.getMessage().contains("query=2, ordinal=200, rows=200"), e.getMessage());
        }

        write("query.fvecs", new float[][] {{1, 2, 3}});
        e = assertThrows(MillraceException.class, () -> prepare(Space.L2, ALL));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains("rows=200 x 12, queries=1 x 3"), e.getMessage());
    }

    private Path work() {
        return folder.resolve("work");
    }

    private PeerData prepare(Space space, int mostRows) {
        return PeerData.prepare(PeerSamples.plan(folder, space, mostRows, folder), work());
    }

    private Path answers(int[][] found) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(found.length * K * Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int[] row : found) {
            for (int ordinal : row) {
                bytes.putInt(ordinal);
            }
        }
        return Files.write(folder.resolve("answers.ints"), bytes.array());
    }

    private int[][] truth(ToDoubleBiFunction<float[], float[]> far) {
        return Arrays.stream(queries).map(query -> nearest(query, far)).toArray(int[][]::new);
    }

    private int[] nearest(float[] query, ToDoubleBiFunction<float[], float[]> far) {
        return IntStream.range(0, base.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> far.applyAsDouble(query, base[row])))
                .limit(K)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private int farthest(int query) {
        return IntStream.range(0, base.length)
                .boxed()
                .max(Comparator.comparingDouble(row -> distance(queries[query], base[row])))
                .orElseThrow();
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (double) (a[i] - b[i]);
        }
        return sum;
    }

    /** Minus the cosine. */
    private static double angle(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * (double) b[i];
        }
        return -sum / norm(a) / norm(b);
    }

    private static double norm(float[] a) {
        return Math.sqrt(distance(a, new float[a.length]));
    }

    private static float[][] rows(int count, long seed) {
        SplitRandom random = new SplitRandom(seed);
        float[][] rows = new float[count][12];
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return rows;
    }

    private void write(String name, float[][] rows) throws IOException {
        try (VectorSet set = VectorSet.allocate(rows.length, rows[0].length)) {
            for (int i = 0; i < rows.length; i++) {
                set.set(i, rows[i], 0);
            }
            VecsWriter.write(folder.resolve(name), set);
        }
        assertArrayEquals(
                new byte[] {(byte) rows[0].length, 0, 0, 0},
                Arrays.copyOf(Files.readAllBytes(folder.resolve(name)), 4));
    }
}
