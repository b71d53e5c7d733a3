package io.millrace.data.simulate;

import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Impressions in the order of users, to be brought into the order of time.
 *
 * <p>Threading: different indexes may be set by different threads.
 */
final class Impressions {
    private static final int LONG_VIEW = 1 << 1;
    private static final int LIKE = 1 << 2;
    private static final List<Label> LABELS = List.of(Label.CLICK, Label.LONG_VIEW, Label.LIKE);

    private final int[] users;
    private final int[] items;
    private final long[] timestampsMs;
    private final byte[] outcomes;
    private final float[] watchRatios;
    private final byte[] contexts;

    Impressions(int count) {
        this.users = new int[count];
        this.items = new int[count];
        this.timestampsMs = new long[count];
        this.outcomes = new byte[count];
        this.watchRatios = new float[count];
        this.contexts = new byte[Math.multiplyExact(count, SimulatedRows.CONTEXT_FIELDS.size())];
    }

    int count() {
        return users.length;
    }

    void set(long index, int user, int item, long timestampMs) {
        int i = (int) index;
        users[i] = user;
        items[i] = item;
        timestampsMs[i] = timestampMs;
    }

    void setContext(long index, int hour, int dayOfWeek, int device, int position) {
        int at = (int) index * SimulatedRows.CONTEXT_FIELDS.size();
        contexts[at] = (byte) hour;
        contexts[at + 1] = (byte) dayOfWeek;
        contexts[at + 2] = (byte) device;
        contexts[at + 3] = (byte) position;
    }

    void setOutcome(
            long index, boolean isClick, boolean isLongView, boolean isLike, float watchRatio) {
        int i = (int) index;
        outcomes[i] =
                (byte) ((isClick ? 1 : 0) | (isLongView ? LONG_VIEW : 0) | (isLike ? LIKE : 0));
        watchRatios[i] = watchRatio;
    }

    long clickCount() {
        long count = 0;
        for (byte outcome : outcomes) {
            count += outcome & 1;
        }
        return count;
    }

    /** The impressions in the order of time; of the same millisecond in the order of users. */
    InteractionTable.Builder inOrderOfTime(FeatureSchema schema) {
        long firstMs = Arrays.stream(timestampsMs).min().orElse(0);
        long[] keys = new long[count()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (timestampsMs[i] - firstMs) << 32 | i;
        }
        Arrays.parallelSort(keys);
        RowLayout layout = schema.layout(FeatureScope.CONTEXT);
        FeatureField[] fields = layout.fields().toArray(FeatureField[]::new);
        InteractionTable.Builder table = InteractionTable.builder(count(), schema, LABELS);
        IntStream.range(0, keys.length)
                .parallel()
                .forEach(
                        index -> {
                            int i = (int) keys[index];
                            int outcome = outcomes[i];
                            table.setImpression(index, users[i], items[i], timestampsMs[i]);
                            table.setOutcome(
                                    index,
                                    (outcome & 1) != 0,
                                    (outcome & LONG_VIEW) != 0,
                                    (outcome & LIKE) != 0,
                                    watchRatios[i]);
                            long at = table.contextOffset(index);
                            for (int f = 0; f < fields.length; f++) {
                                int id = fields[f].idOfCode(contexts[i * fields.length + f]);
                                table.contextSegment()
                                        .set(RowLayout.INT, at + 4L * layout.slotOf(f), id);
                            }
                        });
        return table;
    }
}
