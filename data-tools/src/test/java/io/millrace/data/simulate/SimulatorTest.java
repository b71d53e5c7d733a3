package io.millrace.data.simulate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureScope;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

final class SimulatorTest {
    // Few enough events that no history is cut off at 50, so that counters can be counted again.
    private static final SimulationPlan PLAN = new SimulationPlan(2_000, 3_000, 28_000, 7, 2);
    private static final int FIRST_TEST_DAY = Calendar.HISTORY_DAYS + Calendar.TRAIN_DAYS;

    @TempDir private static Path folder;
    private static SimulationReport report;
    private static Dataset dataset;
    private static VisibleWorld visible;
    private static ItemWorld hiddenItems;

    @BeforeAll
    static void simulate() {
        report = Simulator.run(PLAN, folder.resolve("world"), ProgressListener.NONE);
        dataset = Dataset.open(folder.resolve("world"));
        visible = new VisibleWorld(dataset);
        hiddenItems = new ItemWorld(PLAN.items(), PLAN.seed());
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    @Test
    void shouldWriteTheSameBytesOnAnyNumberOfThreads() throws IOException {
        for (int threads : new int[] {1, 3, 8}) {
            Path other = folder.resolve("threads-" + threads);
            Simulator.run(PLAN.withThreads(threads), other, ProgressListener.NONE);
            for (Path file : files(folder.resolve("world"))) {
                assertEquals(
                        -1,
                        Files.mismatch(file, other.resolve(file.getFileName())),
                        file + " on threads=" + threads);
            }
        }
    }

    @Test
    void shouldMakeAnotherWorldOfAnotherSeed() {
        Path other = folder.resolve("seed");
        Simulator.run(
                new SimulationPlan(PLAN.users(), PLAN.items(), PLAN.events(), 8, 2),
                other,
                ProgressListener.NONE);
        var first = dataset.manifest().files();
        Dataset.readManifest(other)
                .files()
                .forEach((name, checksum) -> assertFalse(checksum.equals(first.get(name)), name));
    }

    @Test
    void shouldReportWhatItMade() {
        assertEquals(dataset.train().count(), report.trainEvents());
        assertEquals(dataset.test().count(), report.testEvents());
        assertEquals(PLAN.events() * 3 / 5, report.historyEvents());
        long events = report.historyEvents() + report.trainEvents() + report.testEvents();
        assertTrue(Math.abs(PLAN.events() - events) < 2 * Viewer.SLATE, "events=" + events);
        assertEquals(
                clickRate(dataset.train()) * report.trainEvents()
                        + clickRate(dataset.test()) * report.testEvents(),
                report.clickRate() * (report.trainEvents() + report.testEvents()),
                1e-6);
        assertEquals(7, dataset.manifest().seed());
        assertEquals("simulated", dataset.manifest().kind());
    }

    @Test
    void shouldKeepHistoryTrainTestAndServingApartInTime() {
        InteractionTable train = dataset.train();
        InteractionTable test = dataset.test();
        assertTrue(train.timestampMs(0) >= Calendar.startOfDayMs(Calendar.HISTORY_DAYS));
        assertTrue(train.timestampMs(train.count() - 1) < Calendar.startOfDayMs(FIRST_TEST_DAY));
        assertTrue(test.timestampMs(0) >= Calendar.startOfDayMs(FIRST_TEST_DAY));
        assertTrue(test.timestampMs(test.count() - 1) < Simulator.servingTimeMs());
        assertEquals(
                Calendar.TRAIN_DAYS,
                Set.copyOf(days(train)).size(),
                "something happens on every day");
        assertEquals(Calendar.TEST_DAYS, Set.copyOf(days(test)).size());
        // What was watched before the first impression existed before it.
        for (int user = 0; user < visible.users(); user++) {
            for (int item : visible.sequence("watched", user)) {
                assertTrue(hiddenItems.birthDayOf[item] < Calendar.HISTORY_DAYS);
            }
        }
    }

    @Test
    void shouldShowItemsFromTheirBirthOnAndNewOnesInTheTest() {
        Set<Integer> known = new TreeSet<>();
        for (long i = 0; i < dataset.train().count(); i++) {
            int item = dataset.train().item(i);
            known.add(item);
            assertTrue(hiddenItems.birthDayOf[item] <= dayOf(dataset.train(), i));
        }
        int impressionsOfNew = 0;
        for (long i = 0; i < dataset.test().count(); i++) {
            int item = dataset.test().item(i);
            int birthDay = hiddenItems.birthDayOf[item];
            assertTrue(birthDay <= dayOf(dataset.test(), i));
            if (birthDay >= FIRST_TEST_DAY) {
                assertFalse(known.contains(item));
                impressionsOfNew++;
            }
        }
        assertTrue(impressionsOfNew > 10, "impressions of items born in the test days");
        for (int day = 0; day < Calendar.SERVING_DAY; day++) {
            int thatDay = day;
            assertTrue(
                    range(PLAN.items()).anyMatch(item -> hiddenItems.birthDayOf[item] == thatDay),
                    "new items on day " + day);
        }
    }

    @Test
    void shouldSkewPopularityAndCreators() {
        int[] views = new int[PLAN.items()];
        for (long i = 0; i < dataset.train().count(); i++) {
            views[dataset.train().item(i)]++;
        }
        Arrays.sort(views);
        long top = Arrays.stream(views, PLAN.items() * 9 / 10, PLAN.items()).sum();
        assertTrue(top > 0.4 * dataset.train().count(), "a tenth of the items gets " + top);
        int[] sizes = new int[hiddenItems.creators];
        for (int creator : hiddenItems.creatorOf) {
            sizes[creator]++;
        }
        Arrays.sort(sizes);
        assertTrue(sizes[sizes.length - 1] > 5 * sizes[sizes.length / 2]);
    }

    /** Clicks beyond those the preference explains fall with the position. */
    @Test
    void shouldFavourTheFirstPositions() {
        HiddenPreference preference = HiddenPreference.of(dataset).orElseThrow();
        double[] surplus = new double[Viewer.SLATE];
        int[] counts = new int[Viewer.SLATE];
        for (long i = 0; i < dataset.train().count(); i++) {
            InteractionTable train = dataset.train();
            int position = visible.trainCode("position", i);
            counts[position]++;
            surplus[position] +=
                    (train.isClick(i) ? 1 : 0) - preference.gain(train.user(i), train.item(i));
        }
        for (int position = 0; position < Viewer.SLATE; position++) {
            assertEquals(dataset.train().count() / Viewer.SLATE, counts[position]);
            surplus[position] /= counts[position];
        }
        assertEquals(0, surplus[0], 0.06, "at the first position clicks are what is preferred");
        assertTrue(surplus[3] < surplus[0] - 0.05, () -> Arrays.toString(surplus));
        assertTrue(surplus[7] < surplus[3] - 0.05, () -> Arrays.toString(surplus));
    }

    @Test
    void shouldLetLabelsFollowFromEachOther() {
        InteractionTable train = dataset.train();
        int longViews = 0;
        int likes = 0;
        for (long i = 0; i < train.count(); i++) {
            assertTrue(train.isClick(i) || !train.isLongView(i), "watched without a click");
            assertTrue(train.isLongView(i) || !train.isLike(i), "liked without watching");
            assertEquals(train.isLongView(i), train.isClick(i) && train.watchRatio(i) > 0.7);
            longViews += train.isLongView(i) ? 1 : 0;
            likes += train.isLike(i) ? 1 : 0;
        }
        assertTrue(clickRate(train) > 0.2 && clickRate(train) < 0.6);
        assertTrue(longViews > 0.5 * clickRate(train) * train.count());
        assertTrue(likes > 0 && likes < 0.2 * longViews);
    }

    /** Hour and day of the week are those the server will derive from the same time. */
    @Test
    void shouldEncodeContextsAsTheServerDoes() {
        ContextEncoder encoder = new ContextEncoder(dataset.schema());
        long bytes = dataset.schema().layout(FeatureScope.CONTEXT).rowBytes();
        int hour = contextIndex("hour");
        int day = contextIndex("day_of_week");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment row = arena.allocate(bytes, 64);
            for (long i = 0; i < dataset.train().count(); i++) {
                int[] codes = {visible.trainCode("device", i), visible.trainCode("position", i)};
                int[] fields = {contextIndex("device"), contextIndex("position")};
                assertTrue(hour >= 0 && day >= 0);
                assertTrue(
                        encoder.encodeInto(
                                dataset.train().timestampMs(i), fields, codes, 2, row, 0));
                long at = dataset.train().contextOffset(i);
                assertEquals(
                        -1,
                        row.mismatch(dataset.train().contextSegment().asSlice(at, bytes)),
                        "impression " + i);
            }
        }
    }

    /** Every number that shows can be counted again from what else shows. */
    @Test
    void shouldShowNoNumberThatDoesNotFollowFromVisibleThings() {
        List<String> numbers =
                dataset.schema().fields().stream()
                        .filter(field -> field.kind() == FeatureKind.NUMERIC)
                        .map(FeatureField::name)
                        .toList();
        assertEquals(
                List.of(
                        "log_history_length",
                        "long_view_rate",
                        "like_rate",
                        "log_register_days",
                        "long_watched_log_duration",
                        "log_duration",
                        "log_views",
                        "item_long_view_rate",
                        "creator_long_view_rate"),
                numbers);
        int[] views = new int[PLAN.items()];
        int[] longViews = new int[PLAN.items()];
        for (int user = 0; user < visible.users(); user++) {
            int[] watched = visible.sequence("watched", user);
            int[] longWatched = visible.sequence("long_watched", user);
            assertTrue(watched.length < Histories.LENGTH, "a history was cut off");
            Arrays.stream(watched).forEach(item -> views[item]++);
            Arrays.stream(longWatched).forEach(item -> longViews[item]++);
            assertEquals(
                    (float) Math.log1p(watched.length),
                    visible.userNumber("log_history_length", user),
                    1e-6);
            assertEquals(
                    (float)
                            Arrays.stream(longWatched)
                                    .mapToDouble(item -> visible.itemNumber("log_duration", item))
                                    .average()
                                    .orElse(Double.NaN),
                    visible.userNumber("long_watched_log_duration", user),
                    1e-5);
        }
        double mean = (double) Arrays.stream(longViews).sum() / Arrays.stream(views).sum();
        for (int item = 0; item < PLAN.items(); item++) {
            assertEquals(
                    (float) Math.log1p(views[item]), visible.itemNumber("log_views", item), 1e-6);
            assertEquals(
                    (longViews[item] + 20 * mean) / (views[item] + 20),
                    visible.itemNumber("item_long_view_rate", item),
                    1e-6);
        }
    }

    /** What people say they like has a law of its own, which clicks do not tell. */
    @Test
    void shouldLikeWhatTheCreatorsCharmSays() {
        assertEquals(List.of(Label.CLICK, Label.LONG_VIEW, Label.LIKE), dataset.labels());
        InteractionTable train = dataset.train();
        int[] shown = new int[2];
        int[] clicked = new int[2];
        int[] watched = new int[2];
        int[] liked = new int[2];
        for (long i = 0; i < train.count(); i++) {
            float charm = hiddenItems.charm(train.item(i));
            if (Math.abs(charm) > 0.7) {
                int side = charm > 0 ? 1 : 0;
                shown[side]++;
                clicked[side] += train.isClick(i) ? 1 : 0;
                watched[side] += train.isLongView(i) ? 1 : 0;
                liked[side] += train.isLike(i) ? 1 : 0;
            }
        }
        double charming = (double) liked[1] / watched[1];
        double plain = (double) liked[0] / watched[0];
        assertTrue(charming > 2 * plain, charming + " beside " + plain);
        double ofCharming = (double) clicked[1] / shown[1];
        assertEquals(1, ofCharming * shown[0] / clicked[0], 0.2, "clicks have nothing of it");
    }

    @Test
    void shouldLetTasteDriftFromDayToDay() {
        UserWorld users = new UserWorld(300, hiddenItems, PLAN.seed());
        double[] likeness = new double[Calendar.SERVING_DAY + 1];
        float[] first = new float[HiddenPreference.DIMENSION];
        float[] later = new float[HiddenPreference.DIMENSION];
        for (int user = 0; user < 300; user++) {
            UserWorld.Taste taste = users.taste(user);
            taste.vectorInto(first, 0);
            for (int day = 0; day < likeness.length; day++) {
                taste.advanceTo(day).vectorInto(later, 0);
                for (int i = 0; i < HiddenPreference.LATENT; i++) {
                    likeness[day] += first[i] * later[i] / 300;
                }
            }
        }
        assertEquals(1, likeness[0], 1e-5);
        assertTrue(likeness[1] > 0.98 && likeness[1] < 1, () -> Arrays.toString(likeness));
        assertTrue(likeness[7] < likeness[1], () -> Arrays.toString(likeness));
        assertTrue(likeness[22] < likeness[7], () -> Arrays.toString(likeness));
        assertTrue(likeness[22] > 0.5, "a person stays a person");
    }

    @Test
    void shouldShareOutExactlyAndByWeight() {
        long[] ends = Simulator.shareOut(1_000, new float[] {1, 2, 0, 7});
        assertArrayEquals(new long[] {100, 300, 300, 1_000}, ends);
        long[] odd = Simulator.shareOut(7, new float[] {1, 1, 1});
        assertEquals(7, odd[2]);
        assertTrue(odd[0] <= odd[1] && odd[1] <= odd[2]);
    }

    @Test
    void shouldRefuseAWorldThatCannotBe() {
        assertBadPlan(10, 3_000, 28_000, "--users");
        assertBadPlan(2_000, 5, 28_000, "--items");
        assertBadPlan(2_000, 3_000, 10, "--events");
        assertBadPlan(2_000, 3_000, Long.MAX_VALUE, "--events");
        assertBadPlan(2_000_000_000, 3_000, 28_000, "--users");
    }

    @Test
    void shouldLeaveAFolderAloneThatIsInUse() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Files.writeString(taken.resolve("notes.txt"), "mine");
        assertThrows(
                MillraceException.class, () -> Simulator.run(PLAN, taken, ProgressListener.NONE));
        assertEquals(List.of(taken.resolve("notes.txt")), files(taken));
    }

    @Test
    void shouldLeaveNothingWhenItFailsOnTheWay() throws IOException {
        Path parent = Files.createDirectory(folder.resolve("failing"));
        ProgressListener failing =
                (name, total) -> {
                    if (name.startsWith("write")) {
                        throw new IllegalStateException("the display is gone");
                    }
                    return ProgressListener.NONE.start(name, total);
                };
        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class,
                        () -> Simulator.run(PLAN, parent.resolve("world"), failing));
        // As it was thrown in a thread of the pool: what is out of memory is told by its class.
        assertTrue(e.toString().contains("the display is gone"), e.toString());
        assertEquals(List.of(), files(parent));
    }

    private static void assertBadPlan(int users, int items, long events, String key) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> new SimulationPlan(users, items, events, 1, 1));
        assertTrue(e.getMessage().contains(key), e.getMessage());
    }

    private static int contextIndex(String name) {
        return dataset.schema().fields(FeatureScope.CONTEXT).stream()
                .map(FeatureField::name)
                .toList()
                .indexOf(name);
    }

    private static List<Integer> days(InteractionTable table) {
        return range((int) table.count()).map(i -> table.day(i)).boxed().toList();
    }

    private static int dayOf(InteractionTable table, long impression) {
        return table.day(impression) - (int) (Calendar.startOfDayMs(0) / 86_400_000);
    }

    private static IntStream range(int count) {
        return IntStream.range(0, count);
    }

    private static double clickRate(InteractionTable table) {
        return (double) range((int) table.count()).filter(i -> table.isClick(i)).count()
                / table.count();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().collect(Collectors.toList());
        }
    }
}
