package io.millrace.ranker.feedback;

import io.millrace.core.HotPath;
import io.millrace.ranker.counters.CounterCells;
import io.millrace.ranker.counters.CounterReading;
import io.millrace.ranker.counters.DecayClock;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.store.ItemRowMirror;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts what happens to items: of all together, of each item, and of each value of some of their
 * fields, such as creator and tags.
 *
 * <p>A watch counts as the share that was watched, at most 1, and as 1 where that is not known.
 *
 * <p>Items that come later than the bundle are counted in memory alone: a cell of a file would be
 * that of another item after the next start.
 *
 * <p>Threading: one thread at a time counts, any may read. Allocation: none when counting.
 *
 * <p>Ownership: closes the cells, not the rows.
 */
public final class EventCounters implements AutoCloseable {
    /** Name of the file that they are kept in. */
    public static final String FILE = "counters";

    private final ItemRowMirror items;
    private final CellPlaces places;
    private final FieldCells[] fields;
    private final DecayClock clock;
    private final CounterCells cells;

    /** Of items that come later. */
    private final CounterCells laterCells;

    private EventCounters(ItemRowMirror items, CellPlaces places, CounterCells cells) {
        this.items = items;
        this.places = places;
        this.fields = places.fields();
        this.clock = clockOf(places.plan());
        this.cells = cells;
        this.laterCells = CounterCells.inMemory(items.room());
    }

    private static DecayClock clockOf(CountingPlan plan) {
        return new DecayClock(plan.halfLifeMs());
    }

    /**
     * Opens the counters of a bundle, which begin with nothing when there are none yet. Nothing
     * locks them: the caller holds the feature stores of the same folder, which are locked.
     *
     * @param folder where they are kept; must be there.
     * @param schema the declared features.
     * @param items rows of the items.
     * @param plan what is counted; counters of another half-life begin anew.
     * @param beginning file of what was counted before, by {@link #write}, or null for nothing.
     * @return the counters.
     * @throws io.millrace.core.error.MillraceException CORRUPT_FILE when they are damaged, MISMATCH
     *     when the beginning is of other items or another half-life.
     */
    public static EventCounters open(
            Path folder,
            FeatureSchema schema,
            ItemRowMirror items,
            CountingPlan plan,
            @Nullable Path beginning) {
        CellPlaces places = new CellPlaces(schema, items.count(), plan);
        Path file = folder.resolve(FILE);
        CounterCells cells =
                beginning == null
                        ? CounterCells.open(file, clockOf(plan), places.count())
                        : CounterCells.open(
                                file,
                                clockOf(plan),
                                places.count(),
                                made -> CounterSnapshot.copyInto(beginning, places, made));
        return new EventCounters(items, places, cells);
    }

    /**
     * Counters in memory alone, with nothing counted, for tools.
     *
     * @param schema the declared features.
     * @param items rows of the items.
     * @param plan what is counted.
     * @return the counters.
     */
    public static EventCounters inMemory(
            FeatureSchema schema, ItemRowMirror items, CountingPlan plan) {
        CellPlaces places = new CellPlaces(schema, items.count(), plan);
        return new EventCounters(items, places, CounterCells.inMemory(places.count()));
    }

    /** Whether an item came later than the bundle, so that histories have no id for it. */
    @HotPath
    boolean isLater(int ordinal) {
        return ordinal >= items.count();
    }

    /**
     * Writes what is counted as a file that others begin with. Nobody may count meanwhile.
     *
     * @param path where to.
     */
    public void write(Path path) {
        CounterSnapshot.write(path, places, cells);
    }

    /**
     * Memory of the file that the counters are kept in. Nobody may count while it is read.
     *
     * @return all of its bytes; those of items that came later are not among them.
     */
    public MemorySegment image() {
        return cells.image();
    }

    /**
     * Counts events.
     *
     * @param events what was done, with items of the catalogue.
     * @param timestampMs when, milliseconds since 1970 UTC.
     */
    @HotPath
    public void count(EventList events, long timestampMs) {
        int tick = clock.tickOf(timestampMs);
        for (int i = 0; i < events.count(); i++) {
            float share = events.watchedShare(i);
            int ordinal = events.ordinal(i);
            switch (events.kind(i)) {
                case IMPRESSION -> add(ordinal, tick, 1, 0, 0);
                case CLICK -> add(ordinal, tick, 0, 1, 0);
                case WATCH, LONG_WATCH ->
                        add(ordinal, tick, 0, 0, Float.isNaN(share) ? 1 : Math.min(1, share));
                case LIKE -> {
                    // Nothing is made of likes beyond the history.
                }
            }
        }
    }

    private void add(int ordinal, int tick, double impressions, double clicks, double watches) {
        cells.add(CellPlaces.ALL_CELL, tick, impressions, clicks, watches);
        cellsOf(ordinal).add(cellOf(ordinal), tick, impressions, clicks, watches);
        long row = items.offset(ordinal);
        for (FieldCells field : fields) {
            int count = field.count(items.segment(), row);
            for (int i = 0; i < count; i++) {
                int id = field.id(items.segment(), row, i);
                // Missing and unseen are no value.
                if (id >= FeatureField.FIRST) {
                    cells.add(field.firstCell() + id, tick, impressions, clicks, watches);
                }
            }
        }
    }

    private CounterCells cellsOf(int ordinal) {
        return isLater(ordinal) ? laterCells : cells;
    }

    private long cellOf(int ordinal) {
        return isLater(ordinal)
                ? (long) ordinal - items.count()
                : CellPlaces.FIRST_ITEM_CELL + ordinal;
    }

    /**
     * When something was counted last.
     *
     * @return the tick of the latest event, or {@link Integer#MIN_VALUE} where there was none.
     */
    public int lastTick() {
        return cells.lastTick(CellPlaces.ALL_CELL);
    }

    /**
     * When something was counted last.
     *
     * @return milliseconds since 1970 UTC, to a 64th of the half-life; long before where there was
     *     nothing.
     */
    public long lastMomentMs() {
        return clock.momentOf(lastTick());
    }

    /**
     * Where something was counted for a moment that is yet to come by a half-life or more, has it
     * be counted for this one: a clock was ahead, and until it is as late again nothing would fade
     * and what is new would count for nothing. Called by who counts.
     *
     * @param nowMs milliseconds since 1970 UTC.
     * @return whether that was so.
     */
    public boolean bringBack(long nowMs) {
        int tick = clock.tickOf(nowMs);
        if ((long) lastTick() - tick < DecayClock.TICKS) {
            return false;
        }
        laterCells.bringBack(tick);
        cells.bringBack(tick);
        return true;
    }

    /** The cells of a field's values. */
    FieldCells cellsOf(String fieldName) {
        return places.of(fieldName);
    }

    /**
     * The tick of a moment.
     *
     * @param timestampMs milliseconds since 1970 UTC.
     * @return more for later ones.
     */
    @HotPath
    public int tickOf(long timestampMs) {
        return clock.tickOf(timestampMs);
    }

    /** Reads what happened to all items that have one of the values that an item has of a field. */
    @HotPath
    void readInto(FieldCells field, int ordinal, int tick, CounterReading reading) {
        reading.clear();
        long row = items.offset(ordinal);
        int count = field.count(items.segment(), row);
        for (int i = 0; i < count; i++) {
            int id = field.id(items.segment(), row, i);
            if (id >= FeatureField.FIRST) {
                cells.addTo(reading, field.firstCell() + id, tick);
            }
        }
    }

    /**
     * How all items together are doing.
     *
     * @param timestampMs when, milliseconds since 1970 UTC.
     * @return the rates of that moment.
     */
    public EventRates all(long timestampMs) {
        CounterReading reading = new CounterReading();
        cells.readInto(CellPlaces.ALL_CELL, clock.tickOf(timestampMs), reading);
        return new EventRates(
                "all", 0, reading.impressions(), reading.clickRate(), reading.watchRate());
    }

    /**
     * How an item is doing, and what it has in common with others. Rates are drawn towards those of
     * all items, the more the fewer impressions there are.
     *
     * @param ordinal the item.
     * @param timestampMs when, milliseconds since 1970 UTC.
     * @return the rates of all, of the item, and of its value or values of each field.
     */
    public List<EventRates> of(int ordinal, long timestampMs) {
        int tick = clock.tickOf(timestampMs);
        EventRates all = all(timestampMs);
        List<EventRates> rates = new ArrayList<>();
        rates.add(all);
        rates.add(rates("item", items.id(ordinal), cellsOf(ordinal), cellOf(ordinal), tick, all));
        long row = items.offset(ordinal);
        for (FieldCells field : fields) {
            for (int i = 0; i < field.count(items.segment(), row); i++) {
                int id = field.id(items.segment(), row, i);
                if (id >= FeatureField.FIRST) {
                    rates.add(rates(field.name(), id, cells, field.firstCell() + id, tick, all));
                }
            }
        }
        return rates;
    }

    private static EventRates rates(
            String name, long id, CounterCells cells, long cell, int tick, EventRates all) {
        CounterReading reading = new CounterReading();
        cells.readInto(cell, tick, reading);
        return new EventRates(
                name,
                id,
                reading.impressions(),
                reading.clickRate(all.clickRate()),
                reading.watchRate(all.watchRate()));
    }

    /** Closes the cells. */
    @Override
    public void close() {
        cells.close();
        laterCells.close();
    }
}
