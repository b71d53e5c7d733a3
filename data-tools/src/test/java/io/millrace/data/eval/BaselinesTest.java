package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.data.dataset.SeenItems;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Targets and baselines on a world whose click law is known. */
final class BaselinesTest {
    private static final int TRAIN = 30_000;
    private static final int TEST = 3_000;

    @TempDir private Path folder;
    private Dataset dataset;

    @BeforeEach
    void makeWorld() {
        SmallWorld.write(folder.resolve("world"), "kuairand", TRAIN, TEST);
        dataset = Dataset.open(folder.resolve("world"));
    }

    @AfterEach
    void closeWorld() {
        dataset.close();
    }

    @Test
    void shouldLearnTheLawWhenItIsLogistic() {
        ClickSample sample = ClickSample.of(dataset.test(), TEST);
        Figures figures = new Figures();
        ClickBaselines.addTo(
                figures, dataset, sample, EvaluationPlan.defaults(), ProgressListener.NONE);
        float[] truth = new float[TEST];
        for (int i = 0; i < TEST; i++) {
            truth[i] = (float) SmallWorld.probability(dataset, dataset.test(), i);
        }
        ClickMetrics best = ClickMetrics.of(sample, truth);
        assertTrue(best.auc() > 0.75, "auc of the law itself: " + best.auc());
        assertEquals(best.auc(), figures.number("baseline.logistic.click.auc"), 0.006);
        assertEquals(best.logLoss(), figures.number("baseline.logistic.click.logloss"), 0.006);
        assertEquals(best.gauc(), figures.number("baseline.logistic.click.gauc"), 0.008);
        double popularity = figures.number("baseline.popularity.click.auc");
        assertTrue(popularity > 0.6 && popularity < best.auc() - 0.03, "auc: " + popularity);
        assertEquals(0.5, figures.number("baseline.constant.click.auc"), 1e-12);
        assertTrue(
                figures.number("baseline.constant.click.logloss")
                        > figures.number("baseline.popularity.click.logloss"));
    }

    @Test
    void shouldMeasureLongViewsBesideClicks() {
        ClickSample sample = ClickSample.of(dataset.test(), TEST);
        Figures figures = new Figures();
        ClickBaselines.addTo(
                figures, dataset, sample, EvaluationPlan.defaults(), ProgressListener.NONE);
        double share = shareOfLongViews(dataset.train());
        double tested = shareOfLongViews(dataset.test());
        assertEquals(
                -tested * Math.log(share) - (1 - tested) * Math.log(1 - share),
                figures.number("baseline.constant.long_view.logloss"),
                1e-6);
        // Every other click is a long view, so the same law orders them.
        double best = longViewAuc(sample);
        assertEquals(best, figures.number("baseline.logistic.long_view.auc"), 0.01);
        double popularity = figures.number("baseline.popularity.long_view.auc");
        assertTrue(popularity > 0.55 && popularity < best - 0.03, "auc: " + popularity);
    }

    private static double shareOfLongViews(InteractionTable table) {
        int longViews = 0;
        for (int i = 0; i < table.count(); i++) {
            longViews += table.isLongView(i) ? 1 : 0;
        }
        return (double) longViews / table.count();
    }

    /** How well the law of clicks tells long views from the rest, by all pairs. */
    private double longViewAuc(ClickSample sample) {
        double wins = 0;
        long pairs = 0;
        for (int i = 0; i < TEST; i++) {
            for (int j = 0; j < TEST && dataset.test().isLongView(sample.event(i)); j++) {
                if (!dataset.test().isLongView(sample.event(j))) {
                    double ahead =
                            SmallWorld.probability(dataset, dataset.test(), i)
                                    - SmallWorld.probability(dataset, dataset.test(), j);
                    wins += ahead > 0 ? 1 : ahead == 0 ? 0.5 : 0;
                    pairs++;
                }
            }
        }
        return wins / pairs;
    }

    /** Not what is the same as the click, and not what never came. */
    @Test
    void shouldSampleOnlyTheLabelsThatTellSomething() {
        Label never = new Label("never", 3);
        List<Label> labels = List.of(Label.CLICK, Label.LONG_VIEW, Label.LIKE, never);
        Path file = folder.resolve("events");
        try (InteractionTable.Builder events =
                InteractionTable.builder(4, SmallWorld.SCHEMA, labels)) {
            for (int i = 0; i < 4; i++) {
                events.setImpression(i, 0, 0, i);
                events.setOutcome(i, i < 2, i < 2, i == 1, 0);
            }
            events.write(file);
        }
        try (InteractionTable events = InteractionTable.open(file, SmallWorld.SCHEMA, 1, 1)) {
            List<ClickSample> samples = ClickSample.of(events, 4).ofEachLabel();
            assertEquals(
                    List.of(Label.CLICK, Label.LIKE),
                    samples.stream().map(ClickSample::label).toList());
            assertArrayEquals(new boolean[] {true, true, false, false}, samples.get(0).labels());
            assertArrayEquals(new boolean[] {false, true, false, false}, samples.get(1).labels());
        }
    }

    @Test
    void shouldGiveTheSameFiguresWhenTheSeedIsTheSame() {
        ClickSample sample = ClickSample.of(dataset.test(), TEST);
        Figures one = new Figures();
        Figures other = new Figures();
        ClickBaselines.addTo(
                one, dataset, sample, EvaluationPlan.defaults(), ProgressListener.NONE);
        ClickBaselines.addTo(
                other, dataset, sample, EvaluationPlan.defaults(), ProgressListener.NONE);
        for (String key : one.keys()) {
            assertEquals(one.number(key), other.number(key), key);
        }
    }

    @Test
    void shouldSpreadTheSampleEvenlyWhenThereAreMoreImpressions() {
        ClickSample sample = ClickSample.of(dataset.test(), 10);
        assertEquals(10, sample.count());
        for (int i = 0; i < 10; i++) {
            assertEquals(i * TEST / 10, sample.event(i));
            assertEquals(dataset.test().user(sample.event(i)), sample.users()[i]);
        }
        assertEquals(TEST, ClickSample.of(dataset.test(), TEST + 1).count());
    }

    @Test
    void shouldCollectTheTargetsThatThePlainLoopDoes() {
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        List<InteractionTable> tables = RetrievalTargets.heldOut(dataset);
        assertEquals(2, tables.size(), "of kuairand both splits are held out");
        List<RetrievalTargets.Case> cases = RetrievalTargets.of(seen, tables).cases();
        int at = 0;
        for (int user = 0; user < SmallWorld.USERS; user++) {
            SortedSet<Integer> expected = targetsByLoop(seen, tables, user);
            if (!expected.isEmpty() && seen.watched(user).length > 0) {
                assertEquals(user, cases.get(at).user());
                assertEquals(new ArrayList<>(expected), boxed(cases.get(at).targets()));
                assertArrayEquals(seen.of(user), cases.get(at).seen());
                at++;
            }
        }
        assertEquals(at, cases.size());
        assertTrue(at > SmallWorld.USERS / 2);
    }

    @Test
    void shouldHoldOutTheTestImpressionsOnlyWhenSimulated() {
        SmallWorld.write(folder.resolve("other"), "simulated", 100, 50);
        try (Dataset other = Dataset.open(folder.resolve("other"))) {
            assertEquals(List.of(other.test()), RetrievalTargets.heldOut(other));
        }
    }

    @Test
    void shouldCountAUserOnceWhenAnItemWasWatchedTwice() {
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        long[] counts = new long[SmallWorld.ITEMS];
        long[] ids = new long[SmallWorld.ITEMS];
        for (int user = 0; user < SmallWorld.USERS; user++) {
            for (int ordinal : new TreeSet<>(boxed(seen.watched(user)))) {
                counts[ordinal]++;
            }
        }
        for (int item = 0; item < SmallWorld.ITEMS; item++) {
            ids[item] = dataset.items().id(item);
        }
        int[] order = ItemOrder.byHistories(dataset).firstUnseen(new int[0], 100);
        assertArrayEquals(ItemOrder.byCounts(counts, ids).firstUnseen(new int[0], 100), order);
        for (int i = 1; i < order.length; i++) {
            int before = order[i - 1];
            assertTrue(
                    counts[before] > counts[order[i]]
                            || (counts[before] == counts[order[i]] && ids[before] < ids[order[i]]));
        }
    }

    @Test
    void shouldKnowTheHeldOutClicks() {
        HeldOutClicks clicks = new HeldOutClicks(dataset.test(), SmallWorld.USERS);
        float[] gains = new float[SmallWorld.ITEMS];
        for (int user = 0; user < SmallWorld.USERS; user++) {
            float[] expected = new float[SmallWorld.ITEMS];
            for (long i = 0; i < dataset.test().count(); i++) {
                if (dataset.test().user(i) == user && dataset.test().isClick(i)) {
                    expected[dataset.test().item(i)] = 1;
                }
            }
            clicks.fill(user, gains);
            assertArrayEquals(expected, gains);
        }
    }

    private SortedSet<Integer> targetsByLoop(
            SeenItems seen, List<InteractionTable> tables, int user) {
        SortedSet<Integer> targets = new TreeSet<>();
        for (InteractionTable table : tables) {
            for (long i = 0; i < table.count(); i++) {
                if (table.user(i) == user && table.isClick(i) && table.isLongView(i)) {
                    targets.add(table.item(i));
                }
            }
        }
        targets.removeAll(boxed(seen.of(user)));
        return targets;
    }

    private static List<Integer> boxed(int[] values) {
        List<Integer> list = new ArrayList<>();
        for (int value : values) {
            list.add(value);
        }
        return list;
    }
}
