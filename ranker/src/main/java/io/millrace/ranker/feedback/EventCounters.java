package io.millrace.ranker.feedback;

import io.millrace.core.HotPath;
import io.millrace.ranker.counters.CounterCells;
import io.millrace.ranker.counters.CounterReading;
import io.millrace.ranker.counters.DecayClock;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.ItemRowMirror;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts what happens to items: of all together, of each item, and of each value of some of their
 * fields, such as creator and tags.
 *
 * <pre>
 *   cell   0     1 … items      then for each field: one cell for each id
 *          | all | item 0 … n-1 | creator 0 … | tags 0 … |
 * </pre>
 *
 * A watch counts as the share that was watched, at most 1, and as 1 where that is not known.
 *
 * <p>Threading: one thread at a time counts, any may read. Allocation: none when counting.
 *
 * <p>Ownership: closes the cells, not the rows.
 */
public final class EventCounters implements AutoCloseable {
    private static final String FILE = "counters";
    private static final long ALL_CELL = 0;
    private static final long FIRST_ITEM_CELL = 1;

    private final ItemRowMirror items;
    private final DecayClock clock;
    private final CounterCells cells;
    private final FieldCells[] fields;

    private EventCounters(
            ItemRowMirror items, DecayClock clock, CounterCells cells, List<FieldCells> fields) {
        this.items = items;
        this.clock = clock;
        this.cells = cells;
        this.fields = fields.toArray(FieldCells[]::new);
    }

    /**
     * Opens the counters of a bundle, which begin with nothing when there are none yet. Nothing
     * locks them: the caller holds the feature stores of the same folder, which are locked.
     *
     * @param folder where they are kept; must be there.
     * @param schema the declared features.
     * @param items rows of the items.
     * @param fieldNames fields of the items whose values are counted: categories or tags.
     * @param halfLifeMs after which a count is worth half, in milliseconds; counters of another
     *     half-life begin anew.
     * @return the counters.
     * @throws io.millrace.core.error.MillraceException CORRUPT_FILE when they are damaged.
     */
    public static EventCounters open(
            Path folder,
            FeatureSchema schema,
            ItemRowMirror items,
            List<String> fieldNames,
            long halfLifeMs) {
        RowLayout layout = schema.layout(FeatureScope.ITEM);
        List<FieldCells> fields = new ArrayList<>();
        long cell = FIRST_ITEM_CELL + items.count();
        for (String name : fieldNames) {
            FeatureField field = schema.field(name);
            fields.add(new FieldCells(name, field.isList(), 4L * layout.slotOf(field), cell));
            cell += field.cardinality();
        }
        DecayClock clock = new DecayClock(halfLifeMs);
        CounterCells cells = CounterCells.open(folder.resolve(FILE), clock, cell);
        return new EventCounters(items, clock, cells, fields);
    }

    /**
     * Counts events.
     *
     * @param events what was done, with items of the catalogue.
     * @param timestampMs when, milliseconds since 1970 UTC.
     */
    @HotPath
    void count(EventList events, long timestampMs) {
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
        cells.add(ALL_CELL, tick, impressions, clicks, watches);
        cells.add(FIRST_ITEM_CELL + ordinal, tick, impressions, clicks, watches);
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

    /**
     * The half-life.
     *
     * @return milliseconds.
     */
    public long halfLifeMs() {
        return clock.halfLifeMs();
    }

    /**
     * How all items together are doing.
     *
     * @param timestampMs when, milliseconds since 1970 UTC.
     * @return the rates of that moment.
     */
    public EventRates all(long timestampMs) {
        CounterReading reading = new CounterReading();
        cells.readInto(ALL_CELL, clock.tickOf(timestampMs), reading);
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
        rates.add(rates("item", items.id(ordinal), FIRST_ITEM_CELL + ordinal, tick, all));
        long row = items.offset(ordinal);
        for (FieldCells field : fields) {
            for (int i = 0; i < field.count(items.segment(), row); i++) {
                int id = field.id(items.segment(), row, i);
                if (id >= FeatureField.FIRST) {
                    rates.add(rates(field.name(), id, field.firstCell() + id, tick, all));
                }
            }
        }
        return rates;
    }

    private EventRates rates(String name, long id, long cell, int tick, EventRates all) {
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
    }
}
