package io.millrace.data.train.ranker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

final class RankerTrainerTest {
    private static final ImpressionWorld WORLD = new ImpressionWorld();

    @TempDir private static Path folder;
    private static Dataset dataset;

    @BeforeAll
    static void write() {
        WORLD.write(folder.resolve("world"), ImpressionWorld.LAWFUL);
        dataset = Dataset.open(folder.resolve("world"));
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    @Test
    void shouldLowerItsLossAndTellClicksFromOthers() {
        RankerTrainer.Trained trained = train(dataset, plan(4, 1, 2));
        trained.model().close();
        List<Double> losses = trained.report().losses();
        double first = mean(losses.subList(0, 4));
        double last = mean(losses.subList(losses.size() - 4, losses.size()));
        assertTrue(last < 0.9 * first, losses.toString());
        assertTrue(trained.report().tested().auc() > 0.75, trained.report().toString());
        assertTrue(trained.report().tested().logLoss() < last, trained.report().toString());
        assertEquals(4L * ImpressionWorld.EVENTS, trained.report().events());
        assertTrue(Double.isNaN(trained.report().heldOut().auc()), "nothing was held out");
    }

    @Test
    void shouldLearnAndReportTheLabelThatCounts() {
        RankerTrainingPlan plan = plan(4, 1, 2).withMatchDimension(0);
        RankerTrainer.Trained both = train(dataset, plan);
        RankerTrainer.Trained longViews = train(dataset, plan.withWeights(weights(0, 1)));
        try (DcnModel untrained = DcnModel.initial(ImpressionWorld.SCHEMA, plan.shape(), 1);
                DcnModel mixed = both.model();
                DcnModel model = longViews.model()) {
            int inputs = model.network().head().inputs();
            assertEquals(-1, mismatch(untrained, model, 0, inputs), "no click is learnt");
            assertNotEquals(-1, mismatch(untrained, model, inputs, 2 * inputs));
            assertNotEquals(-1, mismatch(untrained, mixed, 0, inputs));
        }
        assertTrue(longViews.report().tested().auc() > 0.7, longViews.report().toString());
        assertNotEquals(both.report().tested().logLoss(), longViews.report().tested().logLoss());
    }

    private static int mismatch(DcnModel one, DcnModel other, int from, int to) {
        return Arrays.mismatch(
                one.network().head().weights(),
                from,
                to,
                other.network().head().weights(),
                from,
                to);
    }

    @Test
    void shouldForetellBetterWhenItLearnsFromTheMeanOfSeveral() throws IOException {
        RankerTrainingPlan plan = plan(1, 1, 2);
        RankerTrainer.Trained alone = train(dataset, plan);
        RankerTrainer.Trained taught = train(dataset, plan.withTeachers(3));
        alone.model().close();
        taught.model().close();
        double gain = alone.report().tested().logLoss() - taught.report().tested().logLoss();
        assertTrue(gain > 1e-3, "gain=" + gain);
        assertEquals(3L * ImpressionWorld.EVENTS, taught.report().events());
        Path two = saved("taught by two", dataset, plan.withTeachers(2));
        RankerTrainingPlan onThree = plan(1, 1, 3).withTeachers(2);
        assertEquals(-1, Files.mismatch(two, saved("on three threads", dataset, onThree)));
    }

    @Test
    void shouldRefuseWeightsThatTeachNothing() {
        for (float[] bad : new float[][] {{0, 0}, {-1, 1}, {Float.NaN, 1}, {1, 101}}) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> weights(bad[0], bad[1]).validateFor(Label.USUAL));
            assertEquals(ErrorCode.USAGE, e.code());
        }
        MillraceException unknown =
                assertThrows(
                        MillraceException.class,
                        () ->
                                train(
                                        dataset,
                                        plan(1, 1, 1)
                                                .withWeights(
                                                        LabelWeights.of(Map.of("long_veiw", 1f)))));
        assertEquals(ErrorCode.USAGE, unknown.code());
        assertTrue(unknown.getMessage().endsWith("did you mean long_view?"), unknown.getMessage());
    }

    private static LabelWeights weights(float click, float longView) {
        return LabelWeights.of(Map.of("click", click, "long_view", longView));
    }

    @Test
    void shouldLearnAHeadForEachLabelOfTheDataSet() {
        List<Label> three = List.of(Label.CLICK, Label.LIKE, new Label("share", 5));
        Path path = folder.resolve("three labels");
        new ImpressionWorld()
                .write(
                        path,
                        three,
                        (events, event, isClick) ->
                                events.setOutcome(
                                        event,
                                        (isClick ? Label.CLICK.mask() : 0)
                                                | (event % 3 == 0 ? Label.LIKE.mask() : 0)
                                                | (isClick ? 0 : 1 << 5),
                                        0));
        try (Dataset labelled = Dataset.open(path)) {
            assertEquals(three, labelled.labels());
            RankerTrainingPlan plan =
                    plan(4, 1, 2).withWeights(LabelWeights.of(Map.of("share", 1f, "click", 0.1f)));
            RankerTrainer.Trained trained = train(labelled, plan);
            // What is reported is the label of the largest weight: here the opposite of a click.
            assertTrue(trained.report().tested().auc() > 0.75, trained.report().toString());
            try (DcnModel model = trained.model()) {
                assertEquals(List.of("click", "like", "share"), model.heads().names());
                int inputs = model.network().head().inputs();
                double product = 0;
                float[] head = model.network().head().weights();
                for (int i = 0; i < inputs; i++) {
                    product += (double) head[i] * head[2 * inputs + i];
                }
                assertTrue(product < 0, "a share is the opposite of a click: " + product);
            }
        }
    }

    @Test
    void shouldLearnTheScaleOfAttention() {
        RankerTrainingPlan plan = plan(1, 1, 2);
        try (DcnModel before = DcnModel.initial(ImpressionWorld.SCHEMA, plan.shape(), 1);
                DcnModel after = train(dataset, plan).model()) {
            assertNotEquals(
                    before.input().attentions().getFirst().logScale()[0],
                    after.input().attentions().getFirst().logScale()[0]);
        }
    }

    @Test
    void shouldLearnTheSameBitsWhenTheThreadsDiffer() throws IOException {
        Path one = saved("one", dataset, plan(1, 1, 1));
        assertEquals(-1, Files.mismatch(one, saved("again", dataset, plan(1, 1, 1))));
        assertEquals(-1, Files.mismatch(one, saved("two", dataset, plan(1, 1, 2))));
        assertEquals(-1, Files.mismatch(one, saved("three", dataset, plan(1, 1, 3))));
    }

    @Test
    void shouldLearnOtherBitsWhenTheSeedDiffers() throws IOException {
        Path first = saved("first", dataset, plan(1, 1, 2));
        assertNotEquals(-1, Files.mismatch(first, saved("second", dataset, plan(1, 2, 2))));
    }

    @Test
    void shouldLearnTheSameBitsWhenOnlyLikesAndWatchingDiffer() throws IOException {
        Path lawful = saved("plain", dataset, plan(1, 1, 2));
        Path liked =
                savedWhen(
                        "liked",
                        plan(1, 1, 2),
                        (events, event, isClick) ->
                                events.setOutcome(
                                        event,
                                        isClick,
                                        isClick && event % 2 == 0,
                                        event % 3 == 0,
                                        event % 5 * 0.25f));
        assertEquals(-1, Files.mismatch(lawful, liked));
        Path unwatched =
                savedWhen(
                        "unwatched",
                        plan(1, 1, 2),
                        (events, event, isClick) ->
                                events.setOutcome(event, isClick, false, false, 0));
        assertNotEquals(-1, Files.mismatch(lawful, unwatched), "long views are learnt too");
    }

    @Test
    void shouldNotLearnFromTheLastDayWhenItIsHeldOut() throws IOException {
        RankerTrainingPlan heldOut = plan(1, 1, 2).withLastDayHeldOut();
        Path expected = saved("held", dataset, heldOut);
        ImpressionWorld.Outcome turned =
                (events, event, isClick) ->
                        ImpressionWorld.LAWFUL.set(
                                events,
                                event,
                                isClick != event >= ImpressionWorld.FIRST_OF_LAST_DAY);
        assertEquals(-1, Files.mismatch(expected, savedWhen("turned", heldOut, turned)));
        try (Dataset other = Dataset.open(folder.resolve("world-turned"))) {
            RankerTrainer.Trained lawful = train(dataset, heldOut);
            RankerTrainer.Trained wrong = train(other, heldOut);
            lawful.model().close();
            wrong.model().close();
            assertEquals(ImpressionWorld.FIRST_OF_LAST_DAY, lawful.report().events());
            double sum = lawful.report().heldOut().auc() + wrong.report().heldOut().auc();
            assertEquals(1, sum, 1e-9, "turned labels turn the ranking round");
        }
    }

    @Test
    void shouldRefuseWhenNothingWasClicked() {
        long before = DirectMemory.allocatedBytes();
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                savedWhen(
                                        "nothing",
                                        plan(1, 1, 2),
                                        (events, event, isClick) ->
                                                events.setOutcome(event, false, true, true, 1)));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldFreeItsMemoryWhenItFailsOrTheModelIsClosed() {
        long before = DirectMemory.allocatedBytes();
        train(dataset, plan(1, 1, 2).withTeachers(2)).model().close();
        assertEquals(before, DirectMemory.allocatedBytes());
        ProgressListener failing =
                (name, total) -> {
                    throw MillraceException.of(ErrorCode.IO, "no room to report: stage=%s", name);
                };
        assertThrows(
                MillraceException.class,
                () -> RankerTrainer.train(dataset, plan(1, 1, 2), failing));
        assertEquals(before, DirectMemory.allocatedBytes());
        ProgressListener failingLater =
                (name, total) -> {
                    if (name.contains("teacher 2 of 2")) {
                        throw MillraceException.of(ErrorCode.IO, "no room: stage=%s", name);
                    }
                    return ProgressListener.NONE.start(name, total);
                };
        assertThrows(
                MillraceException.class,
                () -> RankerTrainer.train(dataset, plan(1, 1, 2).withTeachers(2), failingLater));
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static Path savedWhen(
            String name, RankerTrainingPlan plan, ImpressionWorld.Outcome outcome) {
        Path path = folder.resolve("world-" + name);
        WORLD.write(path, outcome);
        try (Dataset other = Dataset.open(path)) {
            return saved(name, other, plan);
        }
    }

    private static Path saved(String name, Dataset source, RankerTrainingPlan plan) {
        Path path = folder.resolve(name);
        try (DcnModel model = train(source, plan).model()) {
            model.save(path);
        }
        return path;
    }

    private static RankerTrainer.Trained train(Dataset source, RankerTrainingPlan plan) {
        return RankerTrainer.train(source, plan, ProgressListener.NONE);
    }

    private static RankerTrainingPlan plan(int epochs, long seed, int threads) {
        DcnShape shape = new DcnShape(4, 2, 0, DcnStructure.PARALLEL, List.of(70, 8));
        return new RankerTrainingPlan(
                shape,
                epochs,
                false,
                50,
                1e-2f,
                1e-5f,
                0.1f,
                LabelWeights.DEFAULT,
                0,
                6,
                false,
                seed,
                threads);
    }
}
