package io.millrace.data.simulate;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowTable;

import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * Simulates a short-video world and writes it as a data set with its hidden preference. See the
 * package for the law of the world.
 *
 * <p>Threading: runs on a pool of its own; the result does not depend on its size.
 */
public final class Simulator {
    private static final long HISTORY_STREAM = 6L << 40;
    private static final long TRAIN_STREAM = 7L << 40;
    private static final long TEST_STREAM = 8L << 40;
    private static final int HISTORY_SHARE_PERCENT = 60;
    private static final int TRAIN_SHARE_PERCENT = 30;
    private static final int PERCENT = 100;
    private static final long NOON_MS = 12 * 3_600_000L;

    private final SimulationPlan plan;
    private final ProgressListener progress;
    private final LongAdder clicks = new LongAdder();

    private Simulator(SimulationPlan plan, ProgressListener progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Simulates.
     *
     * @param plan what world.
     * @param target folder of the data set to be made; must be missing or empty.
     * @param progress told how far it is.
     * @return what was made.
     */
    public static SimulationReport run(
            SimulationPlan plan, Path target, ProgressListener progress) {
        return Workers.call(plan.threads(), () -> new Simulator(plan, progress).simulate(target));
    }

    /**
     * The time at which the users of a simulated world are asked for: the noon after its last
     * event.
     *
     * @return milliseconds since 1970 UTC.
     */
    public static long servingTimeMs() {
        return Calendar.startOfDayMs(Calendar.SERVING_DAY) + NOON_MS;
    }

    private SimulationReport simulate(Path target) {
        long startNs = System.nanoTime();
        try (DatasetWriter writer = DatasetWriter.create(target, false)) {
            ItemWorld items;
            UserWorld users;
            try (ProgressListener.Stage stage = progress.start("make users and items", 2)) {
                items = new ItemWorld(plan.items(), plan.seed());
                stage.advance(1);
                users = new UserWorld(plan.users(), items, plan.seed());
                stage.advance(1);
            }
            long history = plan.events() * HISTORY_SHARE_PERCENT / PERCENT;
            int trainSlates = (int) (plan.events() * TRAIN_SHARE_PERCENT / PERCENT / Viewer.SLATE);
            int testSlates = (int) ((plan.events() - history) / Viewer.SLATE) - trainSlates;
            Histories histories = watchHistories(items, users, history);
            Impressions train = browse(items, users, trainSlates, TRAIN_STREAM, true);
            Impressions test = browse(items, users, testSlates, TEST_STREAM, false);
            write(writer, items, users, histories, train, test);
            return new SimulationReport(
                    plan.users(),
                    plan.items(),
                    history,
                    train.count(),
                    test.count(),
                    (double) clicks.sum() / Math.max(1, train.count() + test.count()),
                    (System.nanoTime() - startNs) / 1e9);
        }
    }

    private Histories watchHistories(ItemWorld items, UserWorld users, long total) {
        long[] ends = shareOut(total, users.activityOf);
        Histories histories = new Histories(users.count, items.count);
        try (ProgressListener.Stage stage = progress.start("watch histories", total)) {
            IntStream.range(0, users.count)
                    .parallel()
                    .forEach(
                            user -> {
                                int count = (int) (ends[user] - (user == 0 ? 0 : ends[user - 1]));
                                viewer(items, users, user, HISTORY_STREAM)
                                        .watchHistory(count, histories);
                                stage.advance(count);
                            });
        }
        return histories;
    }

    private Impressions browse(
            ItemWorld items, UserWorld users, int slates, long stream, boolean isTrain) {
        long[] ends = shareOut(slates, users.activityOf);
        int firstDay =
                isTrain ? Calendar.HISTORY_DAYS : Calendar.HISTORY_DAYS + Calendar.TRAIN_DAYS;
        int days = isTrain ? Calendar.TRAIN_DAYS : Calendar.TEST_DAYS;
        Impressions impressions = new Impressions(Math.multiplyExact(slates, Viewer.SLATE));
        try (ProgressListener.Stage stage =
                progress.start(isTrain ? "browse to train on" : "browse to test on", slates)) {
            IntStream.range(0, users.count)
                    .parallel()
                    .forEach(
                            user -> {
                                long begin = user == 0 ? 0 : ends[user - 1];
                                int count = (int) (ends[user] - begin);
                                viewer(items, users, user, stream)
                                        .browse(
                                                count,
                                                firstDay,
                                                days,
                                                impressions,
                                                begin * Viewer.SLATE);
                                stage.advance(count);
                            });
        }
        clicks.add(impressions.clickCount());
        return impressions;
    }

    private Viewer viewer(ItemWorld items, UserWorld users, int user, long stream) {
        return new Viewer(items, users, user, SplitRandom.forStream(plan.seed(), stream + user));
    }

    private void write(
            DatasetWriter writer,
            ItemWorld items,
            UserWorld users,
            Histories histories,
            Impressions train,
            Impressions test) {
        try (ProgressListener.Stage stage = progress.start("write data set", 5)) {
            SimulatedRows rows = new SimulatedRows(items, users, histories);
            FeatureSchema schema = rows.schema();
            writer.writeSchema(schema);
            try (RowTable table = rows.userRows(schema)) {
                writer.writeRows(DatasetLayout.USERS, table);
            }
            stage.advance(1);
            try (RowTable table = rows.itemRows(schema)) {
                writer.writeRows(DatasetLayout.ITEMS, table);
            }
            stage.advance(1);
            try (InteractionTable.Builder table = train.inOrderOfTime(schema)) {
                writer.writeEvents(DatasetLayout.TRAIN, table);
            }
            stage.advance(1);
            try (InteractionTable.Builder table = test.inOrderOfTime(schema)) {
                writer.writeEvents(DatasetLayout.TEST, table);
            }
            stage.advance(1);
            preference(items, users).write(writer.resolve(DatasetLayout.TRUTH));
            writer.seal(DatasetLayout.TRUTH);
            writer.commit(
                    "simulated world",
                    "simulated",
                    new DatasetWriter.Counts(users.count, items.count, train.count(), test.count()),
                    plan.seed());
            stage.advance(1);
        }
    }

    private static HiddenPreference preference(ItemWorld items, UserWorld users) {
        float[] vectors = new float[Math.multiplyExact(users.count, HiddenPreference.DIMENSION)];
        IntStream.range(0, users.count)
                .parallel()
                .forEach(
                        user ->
                                users.taste(user)
                                        .advanceTo(Calendar.SERVING_DAY)
                                        .vectorInto(vectors, user * HiddenPreference.DIMENSION));
        return HiddenPreference.ofRows(vectors, items.vectors);
    }

    /**
     * Shares a total out by weight: where each one's part ends; the parts sum to the total exactly.
     */
    static long[] shareOut(long total, float[] weights) {
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        long[] ends = new long[weights.length];
        double running = 0;
        for (int i = 0; i < ends.length; i++) {
            running += weights[i];
            ends[i] = Math.min(total, (long) (running / sum * total));
        }
        ends[ends.length - 1] = total;
        return ends;
    }
}
