package io.millrace.data.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswIndex;
import io.millrace.index.SearchScratch;
import io.millrace.index.attributes.AttributeFile;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.QueryTower;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

final class BundleBuilderTest {
    private static final BuildPlan PLAN =
            BuildPlan.defaults().withGraph(graph -> graph.withThreads(2));

    @TempDir private static Path shared;

    @TempDir private Path folder;
    private Path out = Path.of("");

    @BeforeAll
    static void makeWorlds() {
        SmallWorlds.make(shared, "world", 120, 500, 1);
        SmallWorlds.make(shared, "other", 110, 450, 2);
    }

    @BeforeEach
    void nameOutput() {
        out = folder.resolve("bundle");
    }

    @Test
    void shouldDeclareWhatCandidatesAreOrderedBy() {
        Path out = folder.resolve("ordered");
        ValueFormula formula = ValueFormula.parse("click + 0.50*long_view");
        build("world", out, PLAN.withFormula(formula));
        BundleManifest manifest = BundleManifest.verify(out);
        assertEquals("click + 0.5*long_view", manifest.parameters().get(BundleManifest.VALUE));
        assertEquals(formula, ValueFormula.declaredBy(manifest));
        Path none = folder.resolve("ordered by nothing");
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                build(
                                        "world",
                                        none,
                                        PLAN.withFormula(ValueFormula.parse("2*long_veiw"))));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().endsWith("did you mean long_view?"), e.getMessage());
        assertFalse(Files.exists(none));
    }

    @Test
    void shouldMakeABundleThatOpensAndHoldsItsParts() throws IOException {
        BuildReport report = build("world", out, PLAN);
        assertEquals(report.manifest(), BundleManifest.verify(out));
        assertEquals(500, report.graph().reachable());
        assertEquals(500, report.figures().number("items"));
        assertEquals(RerankRules.read(out.resolve(BundleLayout.RULES)).k(), 10);
        try (Dataset dataset = Dataset.open(shared.resolve("world"));
                OfflineBundle bundle = OfflineBundle.open(out)) {
            bundle.checkMadeFrom(dataset);
            assertEquals(dataset.manifest().fingerprint(), report.manifest().datasetFingerprint());
            ItemTower tower = bundle.towers().newItemTower();
            float[] expected = new float[tower.dimension()];
            float[] actual = new float[tower.dimension()];
            for (int ordinal = 0; ordinal < 500; ordinal++) {
                assertEquals(dataset.items().id(ordinal), bundle.index().itemId(ordinal));
                tower.embedInto(bundle.items(), ordinal, 1, expected, 0);
                bundle.index().vectorInto(ordinal, actual, 0);
                assertArrayEquals(expected, actual, 1e-6f);
            }
        }
        assertEquals(List.of("bundle"), names(folder));
    }

    /** The rows of a simulated world tell all of them. */
    @Test
    void shouldHoldAttributesUnlessNoneAreWanted() {
        BuildReport report = build("world", out, PLAN);
        assertEquals(9, report.attributes());
        assertEquals("9", report.manifest().parameters().get("attributes"));
        assertEquals(9, report.figures().number("attributes"));
        try (Dataset dataset = Dataset.open(shared.resolve("world"));
                AttributeTable table = AttributeFile.open(out.resolve(BundleLayout.ATTRIBUTES))) {
            RowTable items = dataset.items();
            long categories = 4L * items.layout().slotOf(dataset.schema().field("category"));
            long durations = 4L * items.layout().slotOf(dataset.schema().field("log_duration"));
            long tags = 4L * items.layout().slotOf(dataset.schema().field("tags"));
            for (int row = 0; row < items.count(); row++) {
                long at = items.offset(row);
                assertEquals(
                        items.segment().get(RowLayout.INT, at + categories),
                        ((Int64Column) table.column("category")).get(row));
                assertEquals(
                        items.segment().get(RowLayout.FLOAT, at + durations),
                        (float) ((Float64Column) table.column("log_duration")).get(row));
                Set<String> texts = new LinkedHashSet<>();
                for (int i = 1; i <= items.segment().get(RowLayout.INT, at + tags); i++) {
                    int tag = items.segment().get(RowLayout.INT, at + tags + 4L * i);
                    texts.add(Integer.toString(tag));
                }
                List<String> actual = ((TagsColumn) table.column("tags")).get(row);
                assertEquals(List.copyOf(texts), actual == null ? List.of() : actual);
            }
        }
        build("world", out, PLAN.withReplace(true).withAttributes(false));
        BundleManifest without = BundleManifest.verify(out);
        assertFalse(without.files().containsKey(BundleLayout.ATTRIBUTES));
        assertEquals("0", without.parameters().get("attributes"));
    }

    @Test
    void shouldGiveTheSameBytesWhenTheThreadsDiffer() throws IOException {
        Path other = folder.resolve("again");
        build("world", out, PLAN.withGraph(graph -> graph.withThreads(1)));
        build("world", other, PLAN.withGraph(graph -> graph.withThreads(3)));
        for (String name : names(out)) {
            assertArrayEquals(
                    Files.readAllBytes(out.resolve(name)),
                    Files.readAllBytes(other.resolve(name)),
                    name);
        }
        assertEquals(names(out), names(other));
    }

    @Test
    void shouldKeepRowsAsToldWhenALayoutIsNamed() {
        build("world", out, PLAN);
        assertLayout(GraphLayout.F32, null);
        BuildPlan inlined =
                PLAN.withReplace(true).withGraph(graph -> graph.withLayout(GraphLayout.INLINED));
        build("world", out, inlined);
        assertLayout(GraphLayout.INLINED, "1");
        build("world", out, inlined.withGraph(graph -> graph.withCodeBits(2)));
        assertLayout(GraphLayout.INLINED, "2");
    }

    private void assertLayout(GraphLayout layout, @Nullable String codeBits) {
        try (OfflineBundle bundle = OfflineBundle.open(out)) {
            assertEquals(layout, bundle.index().parameters().layout());
            assertEquals(layout.name(), bundle.manifest().parameters().get("index.layout"));
            assertEquals(codeBits, bundle.manifest().parameters().get("index.codeBits"));
        }
    }

    @Test
    void shouldReachTheRecallForUsersWhenOneIsWanted() throws IOException {
        int k = 30;
        BuildPlan plan = PLAN.withGoal(new RecallGoal(0.9, k));
        BuildReport report = build("world", out, plan);
        assertEquals(0.9, report.manifest().recall().orElse(0));
        assertTrue(report.efSearch() >= k && report.efSearch() < 500, report.toString());
        assertEquals(report.efSearch(), report.figures().number("ef_search"));
        try (OfflineBundle bundle = OfflineBundle.open(out)) {
            assertEquals(report.efSearch(), bundle.index().efFor(0.9, k));
            double recall = recall(bundle, k, report.efSearch());
            assertTrue(recall >= 0.9, "recall=" + recall);
        }
        Path again = folder.resolve("again");
        build("world", again, plan.withGraph(graph -> graph.withThreads(1)));
        assertArrayEquals(
                Files.readAllBytes(out.resolve(BundleLayout.INDEX)),
                Files.readAllBytes(again.resolve(BundleLayout.INDEX)));
    }

    /** Of all users, by plain loops. */
    private static double recall(OfflineBundle bundle, int k, int efSearch) {
        HnswIndex index = bundle.index();
        QueryTower tower = bundle.towers().newQueryTower();
        SearchScratch scratch = index.newScratch(k, efSearch);
        float[] query = new float[index.dimension()];
        float[] row = new float[index.dimension()];
        int[] found = new int[k];
        float[] scores = new float[k];
        int hits = 0;
        int wanted = 0;
        for (int user = 0; user < bundle.users().count(); user++) {
            tower.embedInto(bundle.users().segment(), bundle.users().offset(user), query);
            if (!index.accepts(query)) {
                continue;
            }
            double[] products = new double[index.size()];
            for (int item = 0; item < products.length; item++) {
                index.vectorInto(item, row, 0);
                for (int i = 0; i < row.length; i++) {
                    products[item] += (double) row[i] * query[i];
                }
            }
            double[] sorted = products.clone();
            Arrays.sort(sorted);
            double last = sorted[sorted.length - k] - 1e-6;
            int count = index.searchInto(scratch, query, k, efSearch, found, scores);
            for (int i = 0; i < count; i++) {
                hits += products[found[i]] >= last ? 1 : 0;
            }
            wanted += k;
        }
        return (double) hits / wanted;
    }

    @Test
    void shouldLeaveNothingWhenTheRecallIsOutOfReach() throws IOException {
        // No sample is sure of that.
        BuildPlan perfect = PLAN.withGoal(new RecallGoal(1, 10));
        MillraceException e =
                assertThrows(MillraceException.class, () -> build("world", out, perfect));
        assertEquals(ErrorCode.LIMIT, e.code(), e.getMessage());
        assertTrue(e.getMessage().startsWith("recall out of reach: recall=1.0, k=10, "), "" + e);
        assertEquals(List.of(), names(folder));
    }

    @ParameterizedTest
    @CsvSource({"0, 500", "1.1, 500", "NaN, 500", "0.9, 0", "0.9, 4097"})
    void shouldRefuseTheGoalWhenNoSearchReachesIt(double recall, int candidates) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> new RecallGoal(recall, candidates));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains("candidates=" + candidates), e.getMessage());
    }

    @Test
    void shouldHaveAnotherFingerprintWhenTheSeedDiffers() {
        String first = build("world", out, PLAN).manifest().fingerprint();
        BuildReport second =
                build("world", out, PLAN.withGraph(graph -> graph.withSeed(9)).withReplace(true));
        assertNotEquals(first, second.manifest().fingerprint());
        assertEquals(second.manifest(), BundleManifest.verify(out));
    }

    @Test
    void shouldRefuseModelsOfAnotherDataSet() throws IOException {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                BundleBuilder.run(
                                        shared.resolve("world"),
                                        shared.resolve("other-models"),
                                        out,
                                        PLAN,
                                        ProgressListener.NONE));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains("other-models"), e.getMessage());
        assertEquals(List.of(), names(folder));
    }

    @Test
    void shouldNameTheFileWhenAModelIsDamagedOrMissing() throws IOException {
        for (String name : List.of(BundleLayout.TOWERS, BundleLayout.RANKER)) {
            Path models = copy(shared.resolve("world-models"), folder.resolve("models-" + name));
            byte[] bytes = Files.readAllBytes(models.resolve(name));
            bytes[bytes.length / 2] ^= 1;
            Files.write(models.resolve(name), bytes);
            assertRefused(models, ErrorCode.CORRUPT_FILE, name);
            Files.delete(models.resolve(name));
            assertRefused(models, ErrorCode.NOT_FOUND, name);
        }
        assertRefused(folder.resolve("nowhere"), ErrorCode.NOT_FOUND, "nowhere");
        assertFalse(Files.exists(out));
    }

    @Test
    void shouldLeaveNothingWhenItFailsOnTheWay() throws IOException {
        for (String stage :
                List.of(
                        "write models",
                        "embed items",
                        "check graph",
                        "compute item halves",
                        "write bundle")) {
            ProgressListener failing =
                    (name, total) -> {
                        if (name.equals(stage)) {
                            throw MillraceException.of(ErrorCode.IO, "disk full: stage=%s", name);
                        }
                        return ProgressListener.Stage.SILENT;
                    };
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    BundleBuilder.run(
                                            shared.resolve("world"),
                                            shared.resolve("world-models"),
                                            out,
                                            PLAN,
                                            failing));
            assertTrue(e.getMessage().contains(stage), e.getMessage());
            assertEquals(List.of(), names(folder));
        }
    }

    @Test
    void shouldNotTouchAFolderThatIsThereUnlessToldTo() throws IOException {
        Files.createDirectories(out);
        Files.writeString(out.resolve("precious"), "x");
        MillraceException e =
                assertThrows(MillraceException.class, () -> build("world", out, PLAN));
        assertEquals(ErrorCode.USAGE, e.code());
        assertEquals(List.of("precious"), names(out));
        build("world", out, PLAN.withReplace(true));
        BundleManifest.verify(out);
    }

    @Test
    void shouldNameThePartWhenPartsOfTwoBundlesAreSealedAsOne() throws IOException {
        build("world", out, PLAN);
        Path other = folder.resolve("other");
        build("other", other, PLAN);
        for (String part :
                List.of(
                        BundleLayout.TOWERS,
                        BundleLayout.RANKER,
                        BundleLayout.SCHEMA,
                        BundleLayout.INDEX)) {
            Path mixed = copy(out, folder.resolve("mixed-" + part));
            Files.copy(
                    other.resolve(part), mixed.resolve(part), StandardCopyOption.REPLACE_EXISTING);
            seal(mixed);
            BundleManifest.verify(mixed);
            MillraceException e =
                    assertThrows(MillraceException.class, () -> OfflineBundle.open(mixed).close());
            assertEquals(ErrorCode.MISMATCH, e.code(), e.getMessage());
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    @Test
    void shouldSayThatTheDataSetIsAnotherOne() {
        build("world", out, PLAN);
        try (Dataset other = Dataset.open(shared.resolve("other"));
                OfflineBundle bundle = OfflineBundle.open(out)) {
            MillraceException e =
                    assertThrows(MillraceException.class, () -> bundle.checkMadeFrom(other));
            assertEquals(ErrorCode.MISMATCH, e.code());
        }
    }

    private void assertRefused(Path models, ErrorCode code, String named) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                BundleBuilder.run(
                                        shared.resolve("world"),
                                        models,
                                        out,
                                        PLAN,
                                        ProgressListener.NONE));
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(named), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    private static BuildReport build(String world, Path out, BuildPlan plan) {
        return SmallWorlds.build(shared, world, out, plan);
    }

    private static void seal(Path folder) {
        BundleManifest before = BundleManifest.read(folder);
        BundleManifest after =
                new BundleManifest(
                        before.format(),
                        "",
                        before.dataset(),
                        before.datasetKind(),
                        before.datasetFingerprint(),
                        before.schemaFingerprint(),
                        before.items(),
                        before.users(),
                        before.dimension(),
                        before.parameters(),
                        before.metrics(),
                        BundleManifest.describeParts(folder));
        Json.writeAtomically(folder.resolve(BundleLayout.MANIFEST), after.sealed());
    }

    private static Path copy(Path source, Path target) throws IOException {
        Files.createDirectories(target);
        for (String name : names(source)) {
            Files.copy(source.resolve(name), target.resolve(name));
        }
        return target;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
