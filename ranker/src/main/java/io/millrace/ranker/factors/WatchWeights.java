package io.millrace.ranker.factors;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * What a user watched, each item once with its weight, from the sequences {@code watched} and
 * {@code long_watched} of the user's row: in the order of the row, so the same row gives the same
 * bits.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class WatchWeights {
    private static final String WATCHED = "watched";
    private static final String LONG_WATCHED = "long_watched";

    private final long watchedAt;
    private final long longWatchedAt;
    private final float longWeight;
    private final int[] items;
    private final float[] weights;
    private int count;

    /**
     * A reader of rows.
     *
     * @param schema the declared features.
     * @param longWeight what a long view counts beyond 1.
     * @throws MillraceException BAD_INPUT when users have no {@code watched}.
     */
    public WatchWeights(FeatureSchema schema, float longWeight) {
        if (!schema.hasField(WATCHED)) {
            throw MillraceException.badInput(
                    "users have no histories to factorise: schema=%s; declare a sequence %s",
                    schema.name(), WATCHED);
        }
        RowLayout layout = schema.layout(FeatureScope.USER);
        FeatureField watched = schema.field(WATCHED);
        this.watchedAt = 4L * layout.slotOf(watched);
        int most = watched.maxValues();
        if (schema.hasField(LONG_WATCHED)) {
            FeatureField longWatched = schema.field(LONG_WATCHED);
            this.longWatchedAt = 4L * layout.slotOf(longWatched);
            most += longWatched.maxValues();
        } else {
            this.longWatchedAt = -1;
        }
        this.longWeight = longWeight;
        this.items = new int[most];
        this.weights = new float[most];
    }

    /**
     * Reads a row.
     *
     * @param rows memory of the user rows.
     * @param offset where the row begins, in bytes.
     */
    @HotPath
    public void read(MemorySegment rows, long offset) {
        count = 0;
        add(rows, offset + watchedAt, 1);
        if (longWatchedAt >= 0) {
            add(rows, offset + longWatchedAt, 1 + longWeight);
        }
    }

    /**
     * How many items were watched.
     *
     * @return the count, of the last row.
     */
    public int count() {
        return count;
    }

    /**
     * Their ordinals.
     *
     * @return the live array, of which {@link #count} are of the last row.
     */
    public int[] items() {
        return items;
    }

    /**
     * Their weights.
     *
     * @return the live array, of which {@link #count} are of the last row.
     */
    public float[] weights() {
        return weights;
    }

    private void add(MemorySegment rows, long at, float weight) {
        int length = rows.get(RowLayout.INT, at);
        for (int i = 1; i <= length; i++) {
            int item = rows.get(RowLayout.INT, at + 4L * i) - FeatureField.FIRST;
            // Below are a missing item and one that is not of the catalogue.
            if (item >= 0) {
                weights[indexOf(item)] = weight;
            }
        }
    }

    /**
     * Where an item stands, at the end if it is new; histories are too short for more than a loop.
     */
    private int indexOf(int item) {
        for (int i = 0; i < count; i++) {
            if (items[i] == item) {
                return i;
            }
        }
        items[count] = item;
        return count++;
    }
}
