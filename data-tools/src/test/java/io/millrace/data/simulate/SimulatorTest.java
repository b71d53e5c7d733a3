package io.millrace.data.simulate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

final class SimulatorTest {
    private static final int USERS = 2_000;
    private static final int ITEMS = 3_000;

    @TempDir private static Path folder;

    private static Dataset dataset;
    private static HiddenPreference preference;
    private static SimulationReport report;

    @BeforeAll
    static void simulate() {
        Path path = folder.resolve("world");
        report =
                Simulator.run(
                        SimulationPlan.defaults(USERS, ITEMS, 7), path, ProgressListener.NONE);
        dataset = Dataset.open(path);
        preference = HiddenPreference.of(dataset).orElseThrow();
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    @Test
    void shouldGiveTheSameBytesOnAnyNumberOfThreads() throws IOException {
        SimulationPlan plan = new SimulationPlan(300, 500, 6_000, 11, 1);
        for (int threads : new int[] {1, 2, 5}) {
            Simulator.run(
                    plan.withThreads(threads),
                    folder.resolve("on" + threads),
                    ProgressListener.NONE);
        }
        for (String name :
                List.of(
                        DatasetLayout.MANIFEST,
                        DatasetLayout.SCHEMA,
                        DatasetLayout.USERS,
                        DatasetLayout.ITEMS,
                        DatasetLayout.TRAIN,
                        DatasetLayout.TEST,
                        DatasetLayout.TRUTH)) {
            byte[] onOne = Files.readAllBytes(folder.resolve("on1").resolve(name));
            assertArrayEquals(onOne, Files.readAllBytes(folder.resolve("on2").resolve(name)), name);
            assertArrayEquals(onOne, Files.readAllBytes(folder.resolve("on5").resolve(name)), name);
        }
    }

    @Test
    void shouldGiveAnotherWorldWhenTheSeedDiffers() throws IOException {
        Simulator.run(
                new SimulationPlan(300, 500, 6_000, 12, 2),
                folder.resolve("seed12"),
                ProgressListener.NONE);
        Simulator.run(
                new SimulationPlan(300, 500, 6_000, 13, 2),
                folder.resolve("seed13"),
                ProgressListener.NONE);
        assertFalse(
                Arrays.equals(
                        Files.readAllBytes(folder.resolve("seed12").resolve(DatasetLayout.TRAIN)),
                        Files.readAllBytes(folder.resolve("seed13").resolve(DatasetLayout.TRAIN))));
    }

    @Test
    void shouldHoldAsManyEventsAsPlanned() {
        long planned = (long) USERS * SimulationPlan.EVENTS_PER_USER;
        long made = report.historyEvents() + report.trainEvents() + report.testEvents();
        assertTrue(
                planned - made >= 0 && planned - made < 2 * Viewer.SLATE,
                "planned=" + planned + ", made=" + made);
        assertEquals(report.trainEvents(), dataset.train().count());
        assertEquals(report.testEvents(), dataset.test().count());
    }

    @Test
    void shouldPutHistoryBeforeTrainBeforeTest() {
        InteractionTable train = dataset.train();
        InteractionTable test = dataset.test();
        assertTrue(train.timestampMs(0) >= Calendar.startOfDayMs(Calendar.HISTORY_DAYS));
        assertTrue(train.timestampMs(train.count() - 1) < test.timestampMs(0));
        assertTrue(test.timestampMs(test.count() - 1) < Simulator.servingTimeMs());
    }

    @Test
    void shouldClickLessFurtherDownEvenWhereTheItemIsAsGood() {
        double[] clicks = new double[Viewer.SLATE];
        double[] expected = new double[Viewer.SLATE];
        InteractionTable train = dataset.train();
        for (long i = 0; i < train.count(); i++) {
            int position = context(train, "position", i);
            clicks[position] += train.isClick(i) ? 1 : 0;
            expected[position] += preference.gain(train.user(i), train.item(i));
        }
        double first = clicks[0] / expected[0];
        double last = clicks[Viewer.SLATE - 1] / expected[Viewer.SLATE - 1];
        assertTrue(last < 0.75 * first, "first=" + first + ", last=" + last);
    }

    @Test
    void shouldShowAFewItemsOftenAndMostSeldom() {
        int[] shown = new int[ITEMS];
        InteractionTable train = dataset.train();
        for (long i = 0; i < train.count(); i++) {
            shown[train.item(i)]++;
        }
        Arrays.sort(shown);
        long top = Arrays.stream(shown, ITEMS * 9 / 10, ITEMS).asLongStream().sum();
        assertTrue(
                top > 0.35 * train.count(),
                "share of the top tenth: " + (double) top / train.count());
    }

    @Test
    void shouldNeverShowAnItemBeforeItIsBornAndShowNewOnesInTheTest() {
        boolean[] isInTrain = new boolean[ITEMS];
        for (long i = 0; i < dataset.train().count(); i++) {
            isInTrain[dataset.train().item(i)] = true;
        }
        RowTable items = dataset.items();
        FeatureField week = dataset.schema().field("upload_week");
        int newest = 0;
        long shownFirstInTest = 0;
        for (long i = 0; i < dataset.test().count(); i++) {
            int item = dataset.test().item(i);
            shownFirstInTest += isInTrain[item] ? 0 : 1;
            long at = items.offset(item) + 4L * items.layout().slotOf(week);
            newest = Math.max(newest, items.segment().get(RowLayout.INT, at));
        }
        assertTrue(shownFirstInTest > 0);
        assertEquals(
                week.cardinality() - 1, newest, "items of the last week are shown in the test");
    }

    @Test
    void shouldTellTheFutureByTheHiddenPreference() {
        InteractionTable test = dataset.test();
        double clicked = 0;
        double skipped = 0;
        long clicks = 0;
        for (long i = 0; i < test.count(); i++) {
            double gain = preference.gain(test.user(i), test.item(i));
            if (test.isClick(i)) {
                clicked += gain;
                clicks++;
            } else {
                skipped += gain;
            }
        }
        double meanClicked = clicked / clicks;
        double meanSkipped = skipped / (test.count() - clicks);
        assertTrue(
                meanClicked > meanSkipped + 0.2,
                "clicked=" + meanClicked + ", skipped=" + meanSkipped);
    }

    @Test
    void shouldLetTasteDriftFromDayToDay() {
        ItemWorld items = new ItemWorld(ITEMS, 7);
        UserWorld users = new UserWorld(100, items, 7);
        double moved = 0;
        for (int user = 0; user < 100; user++) {
            double[] before = users.sharesOn(user, 0);
            double[] after = users.sharesOn(user, Calendar.SERVING_DAY);
            assertEquals(1, Arrays.stream(after).sum(), 1e-9);
            moved += Math.abs(before[0] - after[0]);
        }
        assertTrue(moved / 100 > 0.1, "mean change of the first interest's share: " + moved / 100);
    }

    @Test
    void shouldScoreARangeAsItScoresEachItem() {
        float[] range = new float[100];
        preference.scoreInto(5, 50, 150, range);
        for (int i = 0; i < range.length; i++) {
            assertEquals(preference.gain(5, 50 + i), range[i]);
        }
    }

    @Test
    void shouldRefusePlansThatMakeNoWorld() {
        for (Runnable plan :
                List.<Runnable>of(
                        () -> new SimulationPlan(1, 1_000, 10_000, 1, 1),
                        () -> new SimulationPlan(100, 10, 10_000, 1, 1),
                        () -> new SimulationPlan(100, 1_000, 10, 1, 1),
                        () -> new SimulationPlan(100, 1_000, 10_000, 1, 0))) {
            MillraceException e = assertThrows(MillraceException.class, plan::run);
            assertEquals(ErrorCode.USAGE, e.code());
        }
    }

    @Test
    void shouldShareOutTheWholeTotal() {
        long[] ends = Simulator.shareOut(1_000, new float[] {1, 2, 0, 7});
        assertArrayEquals(new long[] {100, 300, 300, 1_000}, ends);
    }

    private static int context(InteractionTable table, String field, long index) {
        RowLayout layout = dataset.schema().layout(FeatureScope.CONTEXT);
        long at = table.contextOffset(index) + 4L * layout.slotOf(dataset.schema().field(field));
        return table.contextSegment().get(RowLayout.INT, at) - FeatureField.FIRST;
    }
}
