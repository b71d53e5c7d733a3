package io.millrace.data.train.ranker;

import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.InteractionTable;

import java.util.Arrays;

/**
 * Impressions in runs of one user each, which are shuffled as wholes and fill batches.
 *
 * <p>Threading: one thread.
 */
final class GroupOrder {
    private static final int LENGTH_BITS = 8;
    private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;
    private static final int LONGEST = 64;

    /** Where a run begins, above its length: a shuffled run still knows its end. */
    private final long[] runs;

    private SplitRandom random = new SplitRandom(0);
    private int next;

    GroupOrder(InteractionTable events, long from, long to, int longest) {
        int limit = Math.min(longest, LONGEST);
        long[] starts = new long[1_024];
        int count = 0;
        int length = 0;
        for (long event = from; event < to; event++) {
            boolean isNew =
                    event == from
                            || length == limit
                            || events.user(event) != events.user(event - 1);
            if (isNew) {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, count * 2);
                }
                starts[count++] = event << LENGTH_BITS;
                length = 0;
            }
            length++;
            starts[count - 1]++;
        }
        this.runs = Arrays.copyOf(starts, count);
    }

    /** Begins a pass in a new order. */
    void shuffle(SplitRandom source) {
        random = source;
        next = 0;
        for (int i = runs.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            long swapped = runs[i];
            runs[i] = runs[j];
            runs[j] = swapped;
        }
    }

    /** Begins a pass in the order of time. */
    void rewind() {
        next = 0;
    }

    /**
     * Fills a batch with whole runs.
     *
     * @param hiddenShare share of users and items whose ids are hidden.
     * @return false when the pass is over.
     */
    boolean fill(ImpressionBatch batch, int capacity, float hiddenShare) {
        batch.clear();
        while (next < runs.length) {
            long first = runs[next] >>> LENGTH_BITS;
            int length = (int) (runs[next] & LENGTH_MASK);
            if (batch.rows() + length > capacity) {
                break;
            }
            batch.beginGroup(hiddenShare > 0 && random.nextFloat() < hiddenShare);
            for (int i = 0; i < length; i++) {
                batch.add(first + i, hiddenShare > 0 && random.nextFloat() < hiddenShare);
            }
            next++;
        }
        return batch.rows() > 0;
    }
}
