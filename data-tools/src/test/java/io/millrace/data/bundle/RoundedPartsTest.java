package io.millrace.data.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.HalvesCandidateScorer;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.model.WeightType;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.QueryTower;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What a bundle keeps in fewer bits, and what it says of that: item halves and embeddings. */
final class RoundedPartsTest {
    private static final BuildPlan PLAN =
            BuildPlan.defaults().withGraph(graph -> graph.withThreads(2));

    @TempDir private static Path shared;

    @TempDir private Path folder;
    private Path out = Path.of("");

    @BeforeAll
    static void makeWorld() {
        SmallWorlds.make(shared, "world", 120, 500, 1);
    }

    @BeforeEach
    void nameOutput() {
        out = folder.resolve("bundle");
    }

    @Test
    void shouldPutHalvesOfItsItemsInWhenToldTo() {
        build(out, PLAN.withItemHalves(HalvesChoice.F32));
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
                new HalvesCandidateScorer(bundle.ranker(), halves, MemorySegment.NULL)
                        .logitsInto(
                                users,
                                user,
                                context,
                                0,
                                bundle.items().segment(),
                                bundle.items().layout().rowBytes(),
                                ordinals,
                                500,
                                DcnModel.CLICK_HEAD,
                                logits);
            }
            for (int i = 0; i < 500; i++) {
                assertEquals(Math.log(likely[i] / (1.0 - likely[i])), logits[i], 1e-5, "item " + i);
            }
        }
        build(out, PLAN.withItemHalves(HalvesChoice.NONE).withReplace(true));
        assertFalse(Files.exists(out.resolve(BundleLayout.ITEM_HALVES)));
        assertFalse(Files.exists(out.resolve(BundleLayout.LIGHT_HALVES)));
        assertTrue(Files.exists(out.resolve(BundleLayout.LIGHT_RANKER)));
        OfflineBundle.open(out).close();
    }

    @Test
    void shouldSayWhatHalvesOfFewerBitsCost() {
        BuildReport exact = build(out, PLAN.withItemHalves(HalvesChoice.F32));
        BuildReport half = build(out, PLAN.withReplace(true));
        BuildReport quarter = build(folder.resolve("int8"), PLAN.withItemHalves(HalvesChoice.INT8));
        assertEquals("bf16", half.figures().text("halves.type"));
        assertEquals(0, exact.figures().number("halves.logit_difference_max"));
        double lost = half.figures().number("halves.logit_difference_max");
        double mean = half.figures().number("halves.logit_difference_mean");
        assertTrue(0 < mean && mean < lost && lost < 0.05, "lost=" + lost + ", mean=" + mean);
        assertTrue(quarter.figures().number("halves.logit_difference_mean") > mean);
        HalvesReport halves = Objects.requireNonNull(half.halves());
        ScoreLoss loss = Objects.requireNonNull(halves.loss());
        assertTrue(halves.bytes() < 0.6 * exact.figures().number("halves.bytes"));
        assertTrue(quarter.figures().number("halves.bytes") < 0.7 * halves.bytes());
        // A row of 32 numbers would take a line of them and another for the scale.
        assertEquals("bf16", quarter.figures().text("light.halves.type"));
        assertEquals(500 * 64, quarter.figures().number("light.halves.bytes"));
        assertLargestDifference(lost, loss.impressions());
    }

    /** All that is computed for the bundle is computed with the embeddings it has. */
    @ParameterizedTest
    @EnumSource
    void shouldKeepEmbeddingsAsToldWhenATypeIsNamed(WeightType type) throws IOException {
        BuildReport report = build(out, PLAN.withEmbeddings(type));
        boolean isRounded = type != WeightType.F32;
        assertEquals(
                isRounded ? type.label() : null,
                report.manifest().parameters().get("models.embeddings"));
        Path models = shared.resolve("world-models");
        for (String name :
                List.of(BundleLayout.TOWERS, BundleLayout.RANKER, BundleLayout.LIGHT_RANKER)) {
            long mismatch = Files.mismatch(out.resolve(name), models.resolve(name));
            assertEquals(isRounded, mismatch >= 0, name);
        }
        // Opening computes some of the halves again, and refuses those of another ranker.
        try (OfflineBundle bundle = OfflineBundle.open(out);
                DcnItemHalves halves = Objects.requireNonNull(bundle.openHalves());
                DcnItemHalves lightHalves = Objects.requireNonNull(bundle.openLightHalves())) {
            assertEquals(type, bundle.ranker().input().embeddings().type());
            assertEquals(type, bundle.towers().embeddings().type());
            assertEquals(type, Objects.requireNonNull(bundle.light()).input().embeddings().type());
            assertTrue(halves.bytes() > lightHalves.bytes());
            ItemTower tower = bundle.towers().newItemTower();
            float[] expected = new float[tower.dimension()];
            float[] actual = new float[tower.dimension()];
            for (int ordinal = 0; ordinal < 500; ordinal++) {
                tower.embedInto(bundle.items(), ordinal, 1, expected, 0);
                bundle.index().vectorInto(ordinal, actual, 0);
                assertArrayEquals(expected, actual, 1e-6f);
            }
        }
    }

    @Test
    void shouldSayWhatEmbeddingsOfFewerBitsCost() {
        Figures exact = build(out, PLAN).figures();
        Figures half =
                build(folder.resolve("bf16"), PLAN.withEmbeddings(WeightType.BF16)).figures();
        Figures quarter =
                build(folder.resolve("int8"), PLAN.withEmbeddings(WeightType.INT8)).figures();
        assertEquals("f32", exact.text("embeddings.type"));
        assertEquals("bf16", half.text("embeddings.type"));
        for (String model : List.of("", "light.", "towers.")) {
            double bytes = exact.number(model + "embeddings.bytes");
            assertTrue(half.number(model + "embeddings.bytes") < 0.51 * bytes, model);
            assertTrue(quarter.number(model + "embeddings.bytes") < 0.38 * bytes, model);
            String score = model.equals("towers.") ? "cosine" : "logit";
            String key = model + "embeddings." + score + "_difference_";
            assertEquals(0, exact.number(key + "max"));
            assertEquals(0, exact.number(key + "mean"));
            double most = half.number(key + "max");
            double mean = half.number(key + "mean");
            assertTrue(0 < mean && mean < most && most < 0.05, key + ": " + mean + ", " + most);
            assertTrue(quarter.number(key + "mean") > mean, key);
        }
        assertLargestDifferences(folder.resolve("bf16"), half);
    }

    /** One by one; the world has fewer impressions than are compared at most. */
    private void assertLargestDifferences(Path rounded, Figures figures) {
        double logits = 0;
        double cosines = 0;
        try (Dataset dataset = Dataset.open(shared.resolve("world"));
                OfflineBundle first = OfflineBundle.open(out);
                OfflineBundle second = OfflineBundle.open(rounded)) {
            for (long event = 0; event < dataset.test().count(); event++) {
                double logit = logit(first, dataset.test(), event);
                double cosine = cosine(first, dataset.test(), event);
                logits = Math.max(logits, Math.abs(logit(second, dataset.test(), event) - logit));
                cosines =
                        Math.max(cosines, Math.abs(cosine(second, dataset.test(), event) - cosine));
            }
        }
        assertEquals(logits, figures.number("embeddings.logit_difference_max"), 1e-5);
        assertEquals(cosines, figures.number("towers.embeddings.cosine_difference_max"), 1e-5);
    }

    private static double cosine(OfflineBundle bundle, InteractionTable test, long event) {
        QueryTower tower = bundle.towers().newQueryTower();
        float[] query = new float[tower.dimension()];
        float[] row = new float[tower.dimension()];
        long user = bundle.users().offset(test.user(event));
        tower.embedInto(bundle.users().segment(), user, query);
        bundle.index().vectorInto(test.item(event), row, 0);
        double product = 0;
        for (int i = 0; i < row.length; i++) {
            product += (double) row[i] * query[i];
        }
        return product;
    }

    private static double logit(OfflineBundle bundle, InteractionTable test, long event) {
        float[] score = new float[1];
        bundle.ranker()
                .newScorer(1)
                .scoreInto(
                        bundle.users().segment(),
                        bundle.users().offset(test.user(event)),
                        test.contextSegment(),
                        test.contextOffset(event),
                        bundle.items().segment(),
                        bundle.items().layout().rowBytes(),
                        new int[] {test.item(event)},
                        1,
                        score);
        return Math.log(score[0] / (1.0 - score[0]));
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
                assertEquals(new HalvesReport(WeightType.BF16, bytes, null), report);
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
            HalvesCandidateScorer scorer =
                    new HalvesCandidateScorer(bundle.ranker(), halves, MemorySegment.NULL);
            float[] score = new float[1];
            for (int event = 0; event < impressions; event++) {
                int[] item = {test.item(event)};
                MemorySegment users = bundle.users().segment();
                long user = bundle.users().offset(test.user(event));
                MemorySegment contexts = test.contextSegment();
                long context = test.contextOffset(event);
                scorer.logitsInto(
                        users,
                        user,
                        contexts,
                        context,
                        bundle.items().segment(),
                        bundle.items().layout().rowBytes(),
                        item,
                        1,
                        DcnModel.CLICK_HEAD,
                        score);
                largest = Math.max(largest, Math.abs(logit(bundle, test, event) - score[0]));
            }
        }
        assertEquals(expected, largest, 1e-5);
    }

    private static BuildReport build(Path out, BuildPlan plan) {
        return SmallWorlds.build(shared, "world", out, plan);
    }
}
