package io.millrace.index.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.FreesMemory;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.SearchScratch;
import io.millrace.index.graph.RowType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Figures against plain loops, and files that do not belong together. */
@ExtendWith(FreesMemory.class)
final class AnnBenchmarkTest {
    private static final int DIMENSION = 12;
    private static final int K = 10;
    private static final FilterSeries NONE = FilterSeries.NONE;

    @TempDir private Path folder;

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
        assertFilled(world, index);
        World other = write(rows(1499, 1), queries, null);
        assertFails(other.plan(Metric.L2, K, index, 10), "rows=1500", "base=1499 x 12");
    }

    /** What the file says need not be said; what is said must be so. */
    private static void assertFilled(World world, Path file) {
        IndexChoice open = new IndexChoice(null, null, null, null, null, null, null, file);
        AnnBenchmarkResult result = run(world.plan(open, NONE, 10));
        assertEquals(IndexChoice.Layout.F32, result.layout());
        assertEquals(0, result.codeBits());
        assertEquals(Metric.L2, result.metric());
        assertFails(
                world.plan(choice(IndexChoice.Layout.INLINED, null, 4, file), NONE, 10),
                "file=" + file + ", layout=F32, wanted=INLINED; leave the option out");
        assertFails(world.plan(choice(null, 2, 4, file), NONE, 10), "layout=F32, wanted=INLINED");
        assertFails(
                world.plan(choice(IndexChoice.Layout.F32, null, 5, file), NONE, 10),
                "max-connections=4, wanted=5");
    }

    @Test
    void shouldTakeTheTypeOfRowsFromTheFileWhenItIsNotNamed() throws IOException {
        World world = write(rows(300, 1), rows(5, 2), null);
        Path file = folder.resolve("rounded.hnsw");
        AnnBenchmarkResult built =
                run(world.plan(rounded(IndexChoice.Layout.SQ8, null, file), NONE, 10));
        // As planned for the layout, which is the third of them.
        assertEquals(built.bytesPerVector(), built.layouts().get(2).bytesPerVector());
        assertEquals(IndexChoice.Layout.SQ8, built.layouts().get(2).layout());
        for (IndexChoice same :
                List.of(
                        rounded(null, null, file),
                        rounded(null, RowType.INT8, file),
                        rounded(IndexChoice.Layout.F32, RowType.INT8, file))) {
            AnnBenchmarkResult loaded = run(world.plan(same, NONE, 10));
            assertEquals(IndexChoice.Layout.SQ8, loaded.layout());
            assertEquals(RowType.INT8, loaded.rows());
            assertTrue(loaded.rowsError() > 0 && loaded.rowsError() < 0.02, loaded.toString());
            assertTrue(loaded.rowsWorstError() > loaded.rowsError(), loaded.toString());
            assertEquals(built.runs().getFirst().recall(), loaded.runs().getFirst().recall());
        }
        assertFails(
                world.plan(rounded(IndexChoice.Layout.F32, null, file), NONE, 10),
                "file=" + file + ", rows=INT8, wanted=F32; leave the option out");
        assertFails(
                world.plan(rounded(null, RowType.BF16, file), NONE, 10), "rows=INT8, wanted=BF16");
        assertFails(
                world.plan(rounded(IndexChoice.Layout.INLINED, null, file), NONE, 10),
                "layout=F32, wanted=INLINED");
    }

    private static IndexChoice rounded(
            IndexChoice.@Nullable Layout layout, @Nullable RowType rows, @Nullable Path file) {
        return new IndexChoice(null, layout, rows, null, null, null, null, file);
    }

    @Test
    void shouldBuildTheLayoutOfTheDimensionWhenNoneIsNamed() throws IOException {
        World world = write(rows(50, 1), rows(2, 2), null);
        AnnBenchmarkResult narrow = run(world.plan(IndexChoice.defaults(), NONE, 10));
        assertEquals(IndexChoice.Layout.F32, narrow.layout());
        IndexChoice withBits = choice(null, 2, null, null);
        AnnBenchmarkResult coded = run(world.plan(withBits, NONE, 10));
        assertEquals(IndexChoice.Layout.INLINED, coded.layout());
        assertEquals(2, coded.codeBits());
        HnswParameters wide = IndexChoice.defaults().parameters(64, 1);
        assertEquals(GraphLayout.INLINED, wide.layout());
        HnswParameters wideBytes = rounded(null, RowType.INT8, null).parameters(64, 1);
        assertEquals(GraphLayout.INLINED, wideBytes.layout());
        assertEquals(RowType.INT8, wideBytes.rowType());
        assertEquals(0, narrow.rowsError());
        // What is planned for a layout is what an index of it takes.
        assertEquals(narrow.bytesPerVector(), narrow.layouts().get(1).bytesPerVector());
        assertEquals(coded.bytesPerVector(), narrow.layouts().get(4).bytesPerVector());
        assertEquals(64, narrow.layouts().getFirst().bytesPerVector());
    }

    @Test
    void shouldRefuseWhenTheChoiceContradictsItself() {
        Path file = folder.resolve("index");
        for (Runnable action :
                new Runnable[] {
                    () -> choice(IndexChoice.Layout.FLAT, null, null, file),
                    () -> choice(IndexChoice.Layout.F32, 1, null, null),
                    () -> choice(IndexChoice.Layout.FLAT, 1, null, null),
                    () -> choice(IndexChoice.Layout.SQ8, 1, null, null),
                    () -> rounded(IndexChoice.Layout.FLAT, RowType.INT8, null),
                    () -> rounded(IndexChoice.Layout.SQ8, RowType.F32, null),
                    () -> new FilterSeries(List.of(0.5, 0.0), FilterSeries.Kind.NEAR),
                    () -> new FilterSeries(List.of(1.01), FilterSeries.Kind.FAR),
                    () -> new FilterSeries(List.of(Double.NaN), FilterSeries.Kind.RANDOM)
                }) {
            MillraceException e = assertThrows(MillraceException.class, action::run);
            assertEquals(ErrorCode.USAGE, e.code());
        }
    }

    private static IndexChoice choice(
            IndexChoice.@Nullable Layout layout,
            @Nullable Integer codeBits,
            @Nullable Integer maxConnections,
            @Nullable Path file) {
        return new IndexChoice(null, layout, null, codeBits, maxConnections, null, null, file);
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
    void shouldNameTheRowWhenANumberOfAFileIsBad() throws IOException {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[][] base = rows(20, 1);
            float[][] queries = rows(3, 2);
            queries[2][11] = bad;
            assertBad(write(base, queries, null), Metric.L2, "query.fvecs", "row=2");
            base[5][3] = bad;
            assertBad(write(base, queries, null), Metric.L2, "base.fvecs", "row=5");
        }
    }

    @Test
    void shouldRefuseWhenAVectorHasNoDirection() throws IOException {
        float[][] base = rows(20, 1);
        float[][] queries = rows(3, 2);
        queries[1] = new float[DIMENSION];
        assertBad(write(base, queries, null), Metric.COSINE, "zero query");
        base[4] = new float[DIMENSION];
        assertBad(write(base, queries, null), Metric.COSINE, "zero vector", "row=4");
    }

    @Test
    void shouldRefuseWhenAFileIsCutOrEmpty() throws IOException {
        World world = write(rows(20, 1), rows(3, 2), null);
        byte[] whole = Files.readAllBytes(world.base());
        for (int length : new int[] {0, 3, 4, 51, whole.length - 1}) {
            Files.write(world.base(), Arrays.copyOf(whole, length));
            assertBad(world, Metric.L2, "base.fvecs");
        }
    }

    private static void assertBad(World world, Metric metric, String... parts) {
        for (AnnBenchmarkPlan plan :
                List.of(world.flat(metric, 2, 3), world.plan(metric, 2, null, 10))) {
            MillraceException e = fails(plan);
            assertEquals(ErrorCode.BAD_INPUT, e.code(), e.getMessage());
            for (String part : parts) {
                assertTrue(e.getMessage().contains(part), e.getMessage());
            }
        }
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
        // That of the plan.
        TreeSet<String> measured = new TreeSet<>(List.of("k"));
        addKeys(measured, "", AnnBenchmarkResult.class);
        addKeys(measured, "layouts[].", AnnBenchmarkResult.LayoutBytes.class);
        addKeys(measured, "runs[].", AnnBenchmarkResult.Run.class);
        addKeys(measured, "filtered[].", AnnBenchmarkResult.FilteredRun.class);
        assertEquals(documented, measured);
    }

    private static void addKeys(Set<String> keys, String prefix, Class<?> figures) {
        for (RecordComponent each : figures.getRecordComponents()) {
            keys.add(prefix + key(each));
        }
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
            return plan(metric, k, limit, IndexChoice.Layout.FLAT, null, List.of(K));
        }

        AnnBenchmarkPlan plan(Metric metric, int k, @Nullable Path index, int... ef) {
            List<Integer> efs = new ArrayList<>();
            for (int each : ef) {
                efs.add(each);
            }
            return plan(metric, k, 1000, IndexChoice.Layout.F32, index, efs);
        }

        private AnnBenchmarkPlan plan(
                Metric metric,
                int k,
                int limit,
                IndexChoice.Layout layout,
                @Nullable Path index,
                List<Integer> ef) {
            return new AnnBenchmarkPlan(
                    base,
                    query,
                    truth,
                    k,
                    ef,
                    List.of(),
                    FilterSeries.NONE,
                    2,
                    limit,
                    new IndexChoice(metric, layout, null, null, 4, 16, 1L, index));
        }

        AnnBenchmarkPlan plan(IndexChoice index, FilterSeries filters, int ef) {
            return new AnnBenchmarkPlan(
                    base, query, null, K, List.of(ef), List.of(), filters, 2, 1000, index);
        }
    }
}
