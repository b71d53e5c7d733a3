package io.millrace.ranker.feedback;

import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.store.ItemRowMirror;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The counters that are kept while they are served, and those a bundle begins with. */
final class CounterFuzzTest {
    private static final long NOW_MS = FeedbackWorld.BEGIN_MS + 3_600_000;

    private final ItemRowMirror items = FeedbackWorld.items();

    @TempDir private Path folder;
    private Path counters = Path.of("");
    private Path snapshot = Path.of("");

    @BeforeEach
    void count() {
        snapshot = folder.resolve("snapshot");
        SplitRandom random = new SplitRandom(6);
        EventList events = new EventList(8);
        try (EventCounters counted = FeedbackWorld.openCounters(folder, items)) {
            for (int i = 0; i < 200; i++) {
                events.clear();
                FeedbackWorld.addRandom(events, random);
                counted.count(events, FeedbackWorld.BEGIN_MS + 6_000L * i);
            }
            counted.write(snapshot);
        }
        counters = folder.resolve("counters");
    }

    @AfterEach
    void close() {
        items.close();
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfCountersAreChanged() throws IOException {
        Fuzzing.of("counters")
                .seeds(Files.readAllBytes(counters))
                .words("MCOUNTR1")
                .run(
                        input -> {
                            Files.write(counters, input);
                            readAll(null);
                        });
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfASnapshotAreChanged() throws IOException {
        Fuzzing.of("counter-snapshot")
                .seeds(Files.readAllBytes(snapshot))
                .words("[", "]", "\"", ",", "creator", "tags", "null", "{", "fields", "counts")
                .repairing(SectionRepair::repaired)
                .run(
                        input -> {
                            Files.deleteIfExists(counters);
                            readAll(Files.write(snapshot, input));
                        });
    }

    /** What was let in must give rates, and go on being counted. */
    private void readAll(@Nullable Path beginning) {
        try (EventCounters read =
                EventCounters.open(
                        folder, FeedbackWorld.SCHEMA, items, FeedbackWorld.PLAN, beginning)) {
            EventList events = new EventList(1);
            events.add(EventKind.CLICK, 7, Float.NaN);
            read.count(events, NOW_MS);
            for (int item = 0; item < FeedbackWorld.ITEMS; item++) {
                for (EventRates rates : read.of(item, NOW_MS)) {
                    check(rates);
                }
            }
        }
    }

    private static void check(EventRates rates) {
        if (!Double.isFinite(rates.impressions())
                || !isShare(rates.clickRate())
                || !isShare(rates.watchRate())) {
            throw new AssertionError("no rates: " + rates);
        }
    }

    private static boolean isShare(double rate) {
        return rate >= 0 && rate <= 1;
    }
}
