package io.millrace.jmh;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.feedback.RateEncoder;
import io.millrace.ranker.store.ItemRowMirror;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Reads the rates of 500 candidates at random among a million items, each time others, in
 * microseconds per call on one thread: clicks and watches of the item, or of item and creator.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class RatesBenchmark {
    private static final int ITEMS = 1_000_000;
    private static final int CANDIDATES = 500;
    private static final int HALF_LIFE_MINUTES = 1_440;
    private static final long NOON_MS = 1_700_000_000_000L;

    private final int[] ordinals = new int[CANDIDATES];
    private final SplitRandom random = new SplitRandom(47);
    private MemorySegment rows;
    private RateEncoder encoder;

    /** Whose rates, one or two fields of the items. */
    @Param({"item_id", "item_id,creator"})
    public String of;

    /** Counts two impressions of each item, of which one is clicked, and reads one of them. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        FeatureWorld world = new FeatureWorld(1, ITEMS);
        FeatureSchema schema = world.schema().with(rates());
        try (RowTable items = world.items()) {
            EventCounters counters =
                    AtExit.close(
                            EventCounters.inMemory(
                                    schema,
                                    AtExit.close(ItemRowMirror.of(items)),
                                    CountingPlan.of(schema, "", HALF_LIFE_MINUTES)));
            EventList events = new EventList(3);
            for (int item = 0; item < ITEMS; item++) {
                events.clear();
                events.add(EventKind.IMPRESSION, item, Float.NaN);
                events.add(EventKind.IMPRESSION, item, Float.NaN);
                events.add(EventKind.CLICK, item, Float.NaN);
                counters.count(events, NOON_MS);
            }
            encoder = new RateEncoder(schema, counters);
        }
        rows = Arena.ofAuto().allocate((long) CANDIDATES * encoder.rowBytes(), 64);
        read();
        float rate = rows.get(RowLayout.FLOAT, 0);
        Expect.that(rate == 0.5f, "one click on two impressions is no rate of %s", rate);
    }

    private List<FeatureField> rates() {
        List<FeatureField> fields = new ArrayList<>();
        for (String field : of.split(",", -1)) {
            for (FeatureRate.Event event : FeatureRate.Event.values()) {
                FeatureRate rate = new FeatureRate(event, field, HALF_LIFE_MINUTES, 0.5f, 20);
                fields.add(FeatureField.rate(field + event, rate, 0, 1));
            }
        }
        return fields;
    }

    /** One call. */
    @Benchmark
    public void read() {
        for (int i = 0; i < CANDIDATES; i++) {
            ordinals[i] = random.nextInt(ITEMS);
        }
        encoder.encodeInto(ordinals, CANDIDATES, NOON_MS + 600_000, rows, 0);
    }
}
