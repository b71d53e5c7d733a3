package io.millrace.jmh;

import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.feedback.FeedbackWriter;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.ranker.store.RowReader;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tells of one item that was shown, clicked and watched, each time another item and another of
 * 200,000 users at random, in nanoseconds per call on one thread: the user's row is changed and
 * written, and the three events are counted for all items, the item, its creator and its tags.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class FeedbackBenchmark {
    private static final int USERS = 200_000;
    private static final int ITEMS = 100_000;
    private static final long HALF_LIFE_MS = TimeUnit.DAYS.toMillis(1);
    private static final long NOON_MS = 1_700_000_000_000L;

    private final EventList events = new EventList(3);
    private final SplitRandom random = new SplitRandom(43);
    private FeedbackWriter writer;
    private long timestampMs = NOON_MS;

    /**
     * Fills a store, and looks whether what is told stands in the row and in the rates.
     *
     * @throws IOException when there is no folder for it.
     */
    @Setup
    public void prepare() throws IOException {
        Expect.servingOptions();
        Path folder = Files.createTempDirectory("millrace-jmh-");
        AtExit.close(() -> TemporaryPaths.remove(folder));
        FeatureWorld world = new FeatureWorld(USERS, ITEMS);
        try (RowTable users = world.users();
                RowTable items = world.items()) {
            FeatureStore store =
                    AtExit.close(FeatureStore.create(folder, "users", users.layout(), USERS));
            store.bulkLoad(users, ProgressListener.NONE);
            EventCounters counters =
                    AtExit.close(
                            EventCounters.open(
                                    folder,
                                    world.schema(),
                                    AtExit.close(ItemRowMirror.of(items)),
                                    new CountingPlan(List.of("creator", "tags"), HALF_LIFE_MS),
                                    null));
            writer = new FeedbackWriter(world.schema(), store, counters);
            verify(world.schema(), store, counters);
        }
    }

    private void verify(FeatureSchema schema, FeatureStore store, EventCounters counters) {
        tell(3, 17);
        RowReader reader = store.newReader();
        RowLayout layout = store.layout();
        MemorySegment row = Arena.ofAuto().allocate(layout.rowBytes());
        reader.readInto(FeatureWorld.FIRST_USER_ID + 3, row, 0);
        FeatureField watched = schema.field("watched");
        int newest = row.get(RowLayout.INT, 4L * (layout.slotOf(watched) + watched.maxValues()));
        Expect.that(newest == 17 + FeatureField.FIRST, "not the newest item: id=%d", newest);
        double rate = counters.all(timestampMs).clickRate();
        Expect.that(rate == 1, "one click on one impression is no rate of %s", rate);
    }

    /** One call. */
    @Benchmark
    public void tell() {
        tell(random.nextInt(USERS), random.nextInt(ITEMS));
        timestampMs++;
    }

    private void tell(int user, int item) {
        events.clear();
        events.add(EventKind.IMPRESSION, item, Float.NaN);
        events.add(EventKind.CLICK, item, Float.NaN);
        events.add(EventKind.WATCH, item, 0.5f);
        writer.apply(FeatureWorld.FIRST_USER_ID + user, timestampMs, events);
    }
}
