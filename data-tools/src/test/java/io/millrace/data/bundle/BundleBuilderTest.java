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
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.data.train.collaborative.AlsPlan;
import io.millrace.data.train.collaborative.AlsTrainer;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswIndex;
import io.millrace.index.SearchScratch;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnHalvesScorer;
import io.millrace.ranker.dcn.DcnItemHalves;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.dcn.HalvesType;
import io.millrace.ranker.dcn.RankerInput;
import io.millrace.ranker.factors.FactorSettings;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.FeatureScope;
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
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

final class BundleBuilderTest {
    private static final BuildPlan PLAN =
            BuildPlan.defaults().withGraph(graph -> graph.withThreads(2));

    @TempDir private static Path shared;

    @TempDir private Path folder;
    private Path out = Path.of("");

    @BeforeAll
    static void makeWorlds() {
        makeWorld("world", 120, 500, 1);
        makeWorld("other", 110, 450, 2);
    }

    @BeforeEach
    void nameOutput() {
        out = folder.resolve("bundle");
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

    @Test
    void shouldPutHalvesOfItsItemsInWhenToldTo() {
        build("world", out, PLAN.withItemHalves(HalvesChoice.F32));
        try (OfflineBundle bundle = OfflineBundle.open(out);
                DcnItemHalves lightHalves =
                        DcnHalvesFile.read(
                                out.resolve(BundleLayout.LIGHT_HALVES),
                                Objects.requireNonNull(bundle.light()),
                                bundle.items());
                DcnItemHalves halves =
                        DcnHalvesFile.read(
                                out.resolve(BundleLayout.ITEM_HALVES),
                                bundle.ranker(),
                                bundle.items())) {
            assertTrue(lightHalves.bytes() < halves.bytes());
            float[] likely = new float[500];
            float[] logits = new float[500];
            int[] ordinals = new int[500];
            Arrays.setAll(ordinals, i -> i);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment context =
                        arena.allocate(bundle.schema().layout(FeatureScope.CONTEXT).rowBytes(), 64);
                MemorySegment users = bundle.users().segment();
                long user = bundle.users().offset(7);
                bundle.ranker()
                        .newScorer(500)
                        .scoreInto(
                                users,
                                user,
                                context,
                                0,
                                bundle.items().segment(),
                                bundle.items().layout().rowBytes(),
                                ordinals,
                                500,
                                likely);
                float[] shared = new float[bundle.ranker().input().sharedWidth()];
                bundle.ranker().input().gatherSharedInto(users, user, context, 0, shared, 0);
                new DcnHalvesScorer(halves)
                        .logitsInto(shared, ordinals, 500, DcnModel.CLICK_HEAD, logits);
            }
            for (int i = 0; i < 500; i++) {
                assertEquals(Math.log(likely[i] / (1.0 - likely[i])), logits[i], 1e-5, "item " + i);
            }
        }
        build("world", out, PLAN.withItemHalves(HalvesChoice.NONE).withReplace(true));
        assertFalse(Files.exists(out.resolve(BundleLayout.ITEM_HALVES)));
        assertFalse(Files.exists(out.resolve(BundleLayout.LIGHT_HALVES)));
        assertTrue(Files.exists(out.resolve(BundleLayout.LIGHT_RANKER)));
        OfflineBundle.open(out).close();
    }

    @Test
    void shouldSayWhatHalvesOfFewerBitsCost() {
        BuildReport exact = build("world", out, PLAN.withItemHalves(HalvesChoice.F32));
        BuildReport half = build("world", out, PLAN.withReplace(true));
        BuildReport quarter =
                build("world", folder.resolve("int8"), PLAN.withItemHalves(HalvesChoice.INT8));
        assertEquals("bf16", half.figures().text("halves.type"));
        assertEquals(0, exact.figures().number("halves.logit_difference_max"));
        double lost = half.figures().number("halves.logit_difference_max");
        double mean = half.figures().number("halves.logit_difference_mean");
        assertTrue(0 < mean && mean < lost && lost < 0.05, "lost=" + lost + ", mean=" + mean);
        assertTrue(quarter.figures().number("halves.logit_difference_mean") > mean);
        HalvesReport halves = Objects.requireNonNull(half.halves());
        HalvesLoss loss = Objects.requireNonNull(halves.loss());
        assertTrue(halves.bytes() < 0.6 * exact.figures().number("halves.bytes"));
        assertTrue(quarter.figures().number("halves.bytes") < 0.7 * halves.bytes());
        // A row of 32 numbers would take a line of them and another for the scale.
        assertEquals("bf16", quarter.figures().text("light.halves.type"));
        assertEquals(500 * 64, quarter.figures().number("light.halves.bytes"));
        assertLargestDifference(lost, loss.impressions());
    }

    @Test
    void shouldLeaveOutLargeHalvesWhenNobodyAskedForThem() {
        Path target = folder.resolve("halves");
        long bytes = Objects.requireNonNull(writeHalves(PLAN, Long.MAX_VALUE, target)).bytes();
        assertTrue(bytes > 0 && bytes % (500 * 64) == 0, "bytes=" + bytes);
        for (HalvesChoice choice : HalvesChoice.values()) {
            Path file = folder.resolve("halves-" + choice);
            HalvesReport report = writeHalves(PLAN.withItemHalves(choice), bytes - 1, file);
            boolean isIn = choice != HalvesChoice.AUTO && choice != HalvesChoice.NONE;
            assertEquals(isIn, Files.exists(file), choice.name());
            assertEquals(isIn, report != null && report.loss() != null, choice.name());
            if (choice == HalvesChoice.AUTO) {
                assertEquals(new HalvesReport(HalvesType.BF16, bytes, null, null), report);
            }
        }
        Path fitting = folder.resolve("fitting");
        writeHalves(PLAN, bytes, fitting);
        assertTrue(Files.exists(fitting));
    }

    private static @Nullable HalvesReport writeHalves(BuildPlan plan, long mostBytes, Path file) {
        Path ranker = shared.resolve("world-models").resolve(BundleLayout.RANKER);
        try (Dataset dataset = Dataset.open(shared.resolve("world"))) {
            return ItemHalves.write(ranker, dataset, plan, mostBytes, file, ProgressListener.NONE);
        }
    }

    /** By whole inputs, one by one; the world has fewer impressions than are compared at most. */
    private void assertLargestDifference(double expected, int impressions) {
        double largest = 0;
        try (Dataset dataset = Dataset.open(shared.resolve("world"));
                OfflineBundle bundle = OfflineBundle.open(out);
                DcnItemHalves halves = Objects.requireNonNull(bundle.openHalves())) {
            InteractionTable test = dataset.test();
            assertEquals(test.count(), impressions);
            RankerInput input = bundle.ranker().input();
            DcnHalvesScorer scorer = new DcnHalvesScorer(halves);
            DcnScorer whole = bundle.ranker().newScorer(1);
            float[] shared = new float[input.sharedWidth()];
            float[] score = new float[1];
            for (int event = 0; event < impressions; event++) {
                int[] item = {test.item(event)};
                MemorySegment users = bundle.users().segment();
                long user = bundle.users().offset(test.user(event));
                MemorySegment contexts = test.contextSegment();
                long context = test.contextOffset(event);
                MemorySegment items = bundle.items().segment();
                int rowBytes = bundle.items().layout().rowBytes();
                whole.scoreInto(users, user, contexts, context, items, rowBytes, item, 1, score);
                double logit = Math.log(score[0] / (1.0 - score[0]));
                input.gatherSharedInto(users, user, contexts, context, shared, 0);
                scorer.logitsInto(shared, item, 1, DcnModel.CLICK_HEAD, score);
                largest = Math.max(largest, Math.abs(logit - score[0]));
            }
        }
        assertEquals(expected, largest, 1e-5);
    }

    /** The same plan gives the same factors, and products with all of them are exact. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindWhatFactorsScoreBestWhenRetrievingByThem(GraphLayout layout) {
        AlsPlan factors = factors(1, 2);
        BuildReport report =
                build(
                        "world",
                        out,
                        PLAN.withGraph(graph -> graph.withLayout(layout)).withFactors(factors));
        assertEquals("ials", report.figures().text("retriever"));
        assertEquals(16, report.manifest().dimension());
        assertEquals("INNER_PRODUCT", report.manifest().parameters().get("index.metric"));
        assertEquals("0.1", report.manifest().parameters().get("factors.unwatchedWeight"));
        try (Dataset dataset = Dataset.open(shared.resolve("world"));
                OfflineBundle bundle = OfflineBundle.open(out)) {
            assertEquals(Retriever.IALS, bundle.retriever());
            ItemFactors exact = AlsTrainer.train(dataset, factors, ProgressListener.NONE).factors();
            UserVectors users = bundle.newUserVectors();
            HnswIndex index = bundle.index();
            SearchScratch scratch = index.newScratch(50, 500);
            float[] query = new float[index.dimension()];
            float[] all = new float[500];
            int[] found = new int[50];
            float[] scores = new float[50];
            int known = 0;
            for (int user = 0; user < bundle.users().count(); user++) {
                users.embedInto(user, query);
                exact.scoreInto(query, all);
                if (index.searchInto(scratch, query, 50, 500, found, scores) < 50
                        || Arrays.equals(all, new float[500])) {
                    continue;
                }
                known++;
                float[] sorted = all.clone();
                Arrays.sort(sorted);
                for (int i = 0; i < 50; i++) {
                    // Items whose scores differ by rounding may change places.
                    assertEquals(sorted[499 - i], all[found[i]], 1e-5, user + ", " + i);
                    assertEquals(all[found[i]], scores[i], 1e-5, user + ", " + i);
                }
            }
            assertTrue(known > 80, "users with a history: " + known);
        }
    }

    @Test
    void shouldGiveTheSameFactorsAndRecallWhenTheThreadsDiffer() throws IOException {
        BuildPlan plan = PLAN.withGoal(new RecallGoal(0.9, 30));
        BuildReport report = build("world", out, plan.withFactors(factors(3, 1)));
        assertTrue(report.efSearch() >= 30 && report.efSearch() < 500, report.toString());
        Path again = folder.resolve("again");
        build(
                "world",
                again,
                plan.withGraph(graph -> graph.withThreads(1)).withFactors(factors(3, 3)));
        assertEquals(names(out), names(again));
        for (String name : names(out)) {
            assertArrayEquals(
                    Files.readAllBytes(out.resolve(name)),
                    Files.readAllBytes(again.resolve(name)),
                    name);
        }
    }

    private static AlsPlan factors(long seed, int threads) {
        return new AlsPlan(new FactorSettings(16, 0.1f, 0.01f, 1), 12, seed, threads);
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
                List.of("embed items", "check graph", "compute item halves", "write bundle")) {
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
        return BundleBuilder.run(
                shared.resolve(world),
                shared.resolve(world + "-models"),
                out,
                plan,
                ProgressListener.NONE);
    }

    private static void makeWorld(String name, int users, int items, long seed) {
        Path path = shared.resolve(name);
        Simulator.run(SimulationPlan.defaults(users, items, seed), path, ProgressListener.NONE);
        try (Dataset dataset = Dataset.open(path)) {
            Training.run(
                    dataset,
                    shared.resolve(name + "-models"),
                    TrainingPlan.defaults(dataset, seed, 2),
                    ProgressListener.NONE);
        }
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
