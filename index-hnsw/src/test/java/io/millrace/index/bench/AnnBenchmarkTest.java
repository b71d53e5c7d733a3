package io.millrace.index.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.index.Metric;
import io.millrace.index.SearchScratch;
import io.millrace.index.graph.RowType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Figures against plain loops, and files that do not belong together. */
final class AnnBenchmarkTest {
    private static final int DIMENSION = 12;
    private static final int K = 10;

    @TempDir private Path folder;
    private long allocatedBytes;

    @BeforeEach
    void noteAllocation() {
        allocatedBytes = DirectMemory.allocatedBytes();
    }

    @AfterEach
    void shouldHaveFreedEverything() {
        assertEquals(allocatedBytes, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldGiveTheRecallOfAPlainLoopWhenTheGraphIsSearched() throws IOException {
        float[][] base = rows(1500, 1);
        float[][] queries = rows(40, 2);
        int[][] truth = truth(base, queries, Metric.L2, K);
        Path index = folder.resolve("index");
        World world = write(base, queries, truth);
        AnnBenchmarkResult given = run(world.plan(Metric.L2, K, index, 10, Integer.MAX_VALUE));
        assertEquals(1500, given.vectors());
        assertEquals(DIMENSION, given.dimension());
        assertEquals(40, given.queries());
        assertTrue(given.buildSeconds() > 0);
        assertTrue(given.bytesPerVector() >= DIMENSION * Float.BYTES);
        assertEquals(List.of(10, Integer.MAX_VALUE), efs(given));
        try (HnswIndex graph = HnswFile.open(index)) {
            int hits = 0;
            SearchScratch scratch = graph.newScratch(K, K);
            int[] found = new int[K];
            for (int i = 0; i < queries.length; i++) {
                assertEquals(K, graph.searchInto(scratch, queries[i], K, K, found, new float[K]));
                for (int ordinal : found) {
                    hits += IntStream.of(truth[i]).anyMatch(each -> each == ordinal) ? 1 : 0;
                }
            }
            double recall = hits / (double) (queries.length * K);
            assertTrue(recall < 1, "hard enough: " + recall);
            assertEquals(recall, given.runs().getFirst().recall());
        }
        assertEquals(1, given.runs().getLast().recall());
        for (AnnBenchmarkResult.Run run : given.runs()) {
            assertTrue(run.qps() > 0 && Double.isFinite(run.qps()));
            assertTrue(run.p50Us() > 0 && run.p50Us() <= run.p99Us());
        }

        // Without truth it is computed; with a file the graph is loaded.
        AnnBenchmarkResult loaded = run(write(base, queries, null).plan(Metric.L2, K, index, 10));
        assertEquals(0, loaded.buildSeconds());
        assertEquals(given.runs().getFirst().recall(), loaded.runs().getFirst().recall());

        assertFails(world.plan(Metric.COSINE, K, index, 10), "metric=L2", "file=" + index);
        World other = write(rows(1499, 1), queries, null);
        assertFails(other.plan(Metric.L2, K, index, 10), "rows=1500", "base=1499 x 12");
    }

    @Test
    void shouldComputeTheTruthWhenThatOfTheFolderIsForFewerNeighbours() throws IOException {
        float[][] base = rows(60, 1);
        float[][] queries = rows(5, 2);
        write(base, queries, truth(base, queries, Metric.L2, 3));
        World all = new World(folder, null, null);
        assertEquals(1, run(all.flat(Metric.L2, 3, 5)).runs().getFirst().recall());
        assertEquals(1, run(all.flat(Metric.L2, 20, 5)).runs().getFirst().recall());
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void shouldFindAllWhenTheLayoutIsFlat(Metric metric) throws IOException {
        float[][] base = rows(300, 1);
        float[][] queries = rows(20, 2);
        World world = write(base, queries, truth(base, queries, metric, K));
        AnnBenchmarkResult result = run(world.flat(metric, K, Integer.MAX_VALUE));
        assertEquals(1, result.runs().getFirst().recall());
        assertEquals(64, result.bytesPerVector());
    }

    @Test
    void shouldCountOnlyWhatIsThereWhenKIsMoreThanTheRows() throws IOException {
        float[][] base = rows(7, 1);
        float[][] queries = rows(5, 2);
        World world = write(base, queries, truth(base, queries, Metric.L2, 7));
        AnnBenchmarkResult result = run(world.flat(Metric.L2, 50, 3));
        assertEquals(7, result.vectors());
        assertEquals(3, result.queries());
        assertEquals(1, result.runs().getFirst().recall());
    }

    @Test
    void shouldCountWhatIsAsNearWhenRowsAreDuplicates() throws IOException {
        float[][] base = {{0, 0}, {0, 0}, {0, 0}, {1, 0}, {5, 5}};
        World world = write(base, new float[][] {{0, 0}}, new int[][] {{2, 1, 0}});
        int[] tie = {0, 1};
        int[] miss = {0, 4};
        try (BenchmarkData data =
                BenchmarkData.read(world.flat(Metric.L2, 2, 1), ProgressListener.NONE)) {
            assertEquals(2, data.wanted());
            assertEquals(2, data.hits(0, new float[2], tie, 2));
            assertEquals(1, data.hits(0, new float[2], miss, 2));
            assertEquals(1, data.hits(0, new float[2], tie, 1));
            assertEquals(0, data.hits(0, new float[2], tie, 0));
        }
    }

    @Test
    void shouldComputeTheTruthOfAPlainLoopWhenNoneIsGiven() throws IOException {
        float[][] base = rows(200, 1);
        float[][] queries = rows(15, 2);
        World world = write(base, queries, null);
        for (Metric metric : Metric.values()) {
            int[][] truth = truth(base, queries, metric, 200);
            try (BenchmarkData data =
                    BenchmarkData.read(world.flat(metric, K, 100), ProgressListener.NONE)) {
                for (int i = 0; i < queries.length; i++) {
                    int[] nearest = truth[i];
                    assertEquals(K, data.hits(i, queries[i], nearest, K));
                    int[] next = Arrays.copyOfRange(nearest, K, 2 * K);
                    assertEquals(0, data.hits(i, queries[i], next, K));
                }
            }
        }
    }

    @Test
    void shouldRefuseWhenTheTruthDoesNotFit() throws IOException {
        float[][] base = rows(20, 1);
        float[][] queries = rows(2, 2);
        World world = write(base, queries, new int[][] {{0, 1}, {2, 20}});
        assertFails(world.flat(Metric.L2, 2, 2), "truth of another base", "ordinal=20, base=20");
        world = write(base, queries, new int[][] {{0, 1}, {2, 3}});
        assertFails(world.flat(Metric.L2, 3, 2), "fewer true neighbours", "truth=2, k=3");
    }

    @Test
    void shouldUseFewerQueriesWhenTheTruthIsOfTheFirstOnly() throws IOException {
        World world = write(rows(20, 1), rows(9, 2), new int[][] {{0, 1}, {2, 3}});
        try (BenchmarkData data =
                BenchmarkData.read(world.flat(Metric.L2, 2, 100), ProgressListener.NONE)) {
            assertEquals(2, data.queries().count());
        }
    }

    @Test
    void shouldRefuseWhenQueriesDoNotFit() throws IOException {
        World world = write(rows(20, 1), new float[][] {{1, 2, 3}}, null);
        assertFails(world.flat(Metric.L2, 2, 2), "base=12, queries=3");
        World none = new World(world.base(), null, null);
        MillraceException e = fails(none.flat(Metric.L2, 2, 2));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains("base=" + world.base()), e.getMessage());
        World missing = new World(world.base(), folder.resolve("missing.fvecs"), null);
        assertEquals(ErrorCode.NOT_FOUND, fails(missing.flat(Metric.L2, 2, 2)).code());
    }

    @Test
    void shouldRefuseWhenThePlanMeasuresNothing() throws IOException {
        World world = write(rows(2, 1), rows(1, 2), null);
        for (Runnable action :
                new Runnable[] {
                    () -> world.flat(Metric.L2, 0, 1),
                    () -> world.flat(Metric.L2, 1, 0),
                    () -> world.plan(Metric.L2, 1, null),
                    () -> world.plan(Metric.L2, 1, null, 10, 0)
                }) {
            MillraceException e = assertThrows(MillraceException.class, action::run);
            assertEquals(ErrorCode.USAGE, e.code());
        }
    }

    @Test
    void shouldHaveTheFiguresThatTheDocumentationNames() throws IOException {
        String text = Files.readString(Path.of("..", "docs", "figures.md"));
        int start = text.indexOf("## ann bench");
        String section = text.substring(start, text.indexOf("\n## ", start));
        TreeSet<String> documented = new TreeSet<>();
        for (String line : section.lines().filter(each -> each.startsWith("| `")).toList()) {
            Matcher key =
                    Pattern.compile("`([^`]+)`").matcher(line.substring(0, line.indexOf('|', 1)));
            while (key.find()) {
                documented.add(key.group(1));
            }
        }
        // These two are those of the plan.
        TreeSet<String> measured = new TreeSet<>(List.of("k", "metric"));
        for (RecordComponent each : AnnBenchmarkResult.class.getRecordComponents()) {
            measured.add(key(each));
        }
        for (RecordComponent each : AnnBenchmarkResult.Run.class.getRecordComponents()) {
            measured.add("runs[]." + key(each));
        }
        assertEquals(documented, measured);
    }

    private static String key(RecordComponent component) {
        return component.getName().replaceAll("(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private static List<Integer> efs(AnnBenchmarkResult result) {
        return result.runs().stream().map(AnnBenchmarkResult.Run::ef).toList();
    }

    private static AnnBenchmarkResult run(AnnBenchmarkPlan plan) {
        return AnnBenchmark.run(plan, ProgressListener.NONE);
    }

    private static MillraceException fails(AnnBenchmarkPlan plan) {
        return assertThrows(MillraceException.class, () -> run(plan));
    }

    private static void assertFails(AnnBenchmarkPlan plan, String... parts) {
        MillraceException e = fails(plan);
        assertEquals(ErrorCode.MISMATCH, e.code(), e.getMessage());
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    private static float[][] rows(int count, long stream) {
        SplitRandom random = SplitRandom.forStream(stream, 0);
        float[][] rows = new float[count][DIMENSION];
        for (float[] row : rows) {
            for (int i = 0; i < DIMENSION; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return rows;
    }

    private static int[][] truth(float[][] base, float[][] queries, Metric metric, int k) {
        int[][] truth = new int[queries.length][];
        for (int i = 0; i < queries.length; i++) {
            double[] distances = new double[base.length];
            for (int j = 0; j < base.length; j++) {
                distances[j] = distance(queries[i], base[j], metric);
            }
            truth[i] =
                    IntStream.range(0, base.length)
                            .boxed()
                            .sorted(Comparator.comparingDouble(j -> distances[j]))
                            .limit(k)
                            .mapToInt(Integer::intValue)
                            .toArray();
        }
        return truth;
    }

    private static double distance(float[] query, float[] row, Metric metric) {
        double squared = 0;
        double dot = 0;
        double length = 0;
        for (int i = 0; i < row.length; i++) {
            double difference = (double) query[i] - row[i];
            squared += difference * difference;
            dot += (double) query[i] * row[i];
            length += (double) row[i] * row[i];
        }
        return switch (metric) {
            case L2 -> squared;
            case INNER_PRODUCT -> -dot;
            case COSINE -> -dot / Math.sqrt(length);
        };
    }

    private World write(float[][] base, float[][] queries, int @Nullable [][] truth)
            throws IOException {
        Path truthFile = truth == null ? null : folder.resolve("truth.ivecs");
        if (truth != null && truthFile != null) {
            ByteBuffer bytes = little(truth.length, truth[0].length);
            for (int[] row : truth) {
                bytes.putInt(row.length);
                for (int ordinal : row) {
                    bytes.putInt(ordinal);
                }
            }
            write(truthFile, bytes);
        }
        return new World(vectors("base.fvecs", base), vectors("query.fvecs", queries), truthFile);
    }

    private Path vectors(String name, float[][] rows) throws IOException {
        ByteBuffer bytes = little(rows.length, rows[0].length);
        for (float[] row : rows) {
            bytes.putInt(row.length);
            for (float number : row) {
                bytes.putFloat(number);
            }
        }
        return write(folder.resolve(name), bytes);
    }

    private static Path write(Path file, ByteBuffer bytes) throws IOException {
        byte[] content = new byte[bytes.flip().remaining()];
        bytes.get(content);
        return Files.write(file, content);
    }

    private static ByteBuffer little(int rows, int dimension) {
        return ByteBuffer.allocate(rows * (1 + dimension) * 4).order(ByteOrder.LITTLE_ENDIAN);
    }

    private record World(Path base, @Nullable Path query, @Nullable Path truth) {
        AnnBenchmarkPlan flat(Metric metric, int k, int limit) {
            return plan(metric, k, limit, AnnBenchmarkPlan.Layout.FLAT, null, List.of(K));
        }

        AnnBenchmarkPlan plan(Metric metric, int k, @Nullable Path index, int... ef) {
            List<Integer> efs = new ArrayList<>();
            for (int each : ef) {
                efs.add(each);
            }
            return plan(metric, k, 1000, AnnBenchmarkPlan.Layout.F32, index, efs);
        }

        private AnnBenchmarkPlan plan(
                Metric metric,
                int k,
                int limit,
                AnnBenchmarkPlan.Layout layout,
                @Nullable Path index,
                List<Integer> ef) {
            return new AnnBenchmarkPlan(
                    base,
                    query,
                    truth,
                    metric,
                    k,
                    ef,
                    List.of(),
                    2,
                    limit,
                    layout,
                    RowType.F32,
                    1,
                    4,
                    16,
                    1,
                    index);
        }
    }
}
