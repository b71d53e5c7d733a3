package io.millrace.data.importers.table;

import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowLayout;

import java.util.Arrays;
import java.util.List;

/**
 * Events as growing columns: who met what, when, what came of it, raw codes of the context fields
 * that the source names, and the rates that the item had by then.
 *
 * <p>Threading: one thread.
 */
public final class EventColumns {
    /** Label of an event whose item was clicked. */
    public static final int CLICK = Label.CLICK.mask();

    /** Label of an event whose item was watched for long. */
    public static final int LONG_VIEW = Label.LONG_VIEW.mask();

    /** Label of an event whose item was liked. */
    public static final int LIKE = Label.LIKE.mask();

    /** Mark of an event whose item belongs to what the user watched; it is written nowhere. */
    public static final int WATCH = 1 << Label.MOST;

    /** The labels of a source that knows likes beside clicks and long views. */
    public static final List<Label> ALL_USUAL = List.of(Label.CLICK, Label.LONG_VIEW, Label.LIKE);

    private static final int FIRST_CAPACITY = 1 << 12;

    private final List<Label> declared;
    private final int[][] contexts;
    private final float[][] rates;
    private int[] users = new int[FIRST_CAPACITY];
    private int[] items = new int[FIRST_CAPACITY];
    private long[] timesMs = new long[FIRST_CAPACITY];
    private short[] labels = new short[FIRST_CAPACITY];
    private float[] watchRatios = new float[FIRST_CAPACITY];
    private int count;

    /**
     * No events yet.
     *
     * @param contextFields how many context fields the source names: the first ones of the schema.
     * @param rateFields how many rates the schema will declare.
     * @param labels what may come of an event, the click first.
     */
    public EventColumns(int contextFields, int rateFields, List<Label> labels) {
        this.declared = List.copyOf(labels);
        this.contexts = new int[contextFields][FIRST_CAPACITY];
        this.rates = new float[rateFields][FIRST_CAPACITY];
    }

    /**
     * Takes an event.
     *
     * @param user row of the user.
     * @param item row of the item.
     * @param timeMs milliseconds since 1970 UTC.
     * @param labelBits what came of it: {@link #CLICK}, {@link #LONG_VIEW}, {@link #LIKE}, the
     *     masks of other labels, {@link #WATCH}.
     * @param watchRatio watched time by duration; NaN counts as nothing watched.
     * @param contextCodes raw codes of the context fields, below 0 where missing.
     */
    public void add(
            int user,
            int item,
            long timeMs,
            int labelBits,
            double watchRatio,
            int... contextCodes) {
        if (count == users.length) {
            grow();
        }
        users[count] = user;
        items[count] = item;
        timesMs[count] = timeMs;
        labels[count] = (short) labelBits;
        watchRatios[count] = Double.isNaN(watchRatio) ? 0 : (float) watchRatio;
        for (int field = 0; field < contexts.length; field++) {
            contexts[field][count] = contextCodes[field];
        }
        count++;
    }

    private void grow() {
        if (count > Integer.MAX_VALUE / 2) {
            throw MillraceException.badInput(
                    "too many events: limit=%d; import fewer days at once", count);
        }
        int capacity = count * 2;
        users = Arrays.copyOf(users, capacity);
        items = Arrays.copyOf(items, capacity);
        timesMs = Arrays.copyOf(timesMs, capacity);
        labels = Arrays.copyOf(labels, capacity);
        watchRatios = Arrays.copyOf(watchRatios, capacity);
        for (int field = 0; field < contexts.length; field++) {
            contexts[field] = Arrays.copyOf(contexts[field], capacity);
        }
        for (int field = 0; field < rates.length; field++) {
            rates[field] = Arrays.copyOf(rates[field], capacity);
        }
    }

    /**
     * Sets a rate that the item of an event had when it was shown.
     *
     * @param event index of the event.
     * @param field which rate.
     * @param value the rate, NaN where nothing had happened yet.
     */
    public void setRate(int event, int field, float value) {
        rates[field][event] = value;
    }

    /**
     * Adds to what came of an event.
     *
     * @param event index of the event.
     * @param labelBits what came of it, beside what is known.
     * @param watchRatio watched time by duration, of which the longest counts; NaN: not known.
     */
    public void addOutcome(int event, int labelBits, double watchRatio) {
        labels[event] |= (short) labelBits;
        if (watchRatio > watchRatios[event]) {
            watchRatios[event] = (float) watchRatio;
        }
    }

    /**
     * How many events.
     *
     * @return the count.
     */
    public int count() {
        return count;
    }

    /**
     * When an event was.
     *
     * @param event index of the event.
     * @return milliseconds since 1970 UTC.
     */
    public long timeMs(int event) {
        return timesMs[event];
    }

    /**
     * The order of time; events of the same time keep the order of the source.
     *
     * @return indexes of the events.
     */
    public int[] orderByTime() {
        return TimeOrder.of(timesMs, count);
    }

    /** Writes some of these events as impressions. */
    void write(DatasetWriter writer, String file, FeatureSchema schema, EventSlice slice) {
        ContextEncoder encoder = new ContextEncoder(schema);
        int[] fields = new int[contexts.length];
        Arrays.setAll(fields, field -> field);
        int[] codes = new int[contexts.length];
        try (InteractionTable.Builder table =
                InteractionTable.builder(slice.count(), schema, declared)) {
            for (int index = 0; index < slice.count(); index++) {
                int event = slice.event(index);
                table.setImpression(index, users[event], items[event], timesMs[event]);
                table.setOutcome(index, labels[event] & ~WATCH, watchRatios[event]);
                for (int field = 0; field < codes.length; field++) {
                    codes[field] = contexts[field][event];
                }
                encoder.encodeInto(
                        timesMs[event],
                        fields,
                        codes,
                        codes.length,
                        table.contextSegment(),
                        table.contextOffset(index));
                for (int field = 0; field < rates.length; field++) {
                    table.impressionSegment()
                            .set(
                                    RowLayout.FLOAT,
                                    table.impressionOffset(index) + 4L * field,
                                    rates[field][event]);
                }
            }
            writer.writeEvents(file, table);
        }
    }

    int user(int event) {
        return users[event];
    }

    int item(int event) {
        return items[event];
    }

    float watchRatio(int event) {
        return watchRatios[event];
    }

    float rate(int event, int field) {
        return rates[field][event];
    }

    boolean hasLabel(int event, int label) {
        return (labels[event] & label) != 0;
    }

    /** Replaces the raw codes of a context field; missing ones stay missing. */
    void recode(int field, int[] newCodes) {
        for (int event = 0; event < count; event++) {
            int code = contexts[field][event];
            contexts[field][event] = code < 0 ? code : newCodes[code];
        }
    }
}
