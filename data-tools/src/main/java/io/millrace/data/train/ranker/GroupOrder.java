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

    private final long from;
    private final int count;

    private SplitRandom random = new SplitRandom(0);
    private int next;

    GroupOrder(InteractionTable events, long from, long to, int longest) {
        this.from = from;
        this.count = Math.toIntExact(to - from);
        int limit = Math.min(longest, LONGEST);
        long[] starts = new long[1_024];
        int runCount = 0;
        int length = 0;
        for (long event = from; event < to; event++) {
            boolean isNew =
                    event == from
                            || length == limit
                            || events.user(event) != events.user(event - 1);
            if (isNew) {
                if (runCount == starts.length) {
                    starts = Arrays.copyOf(starts, runCount * 2);
                }
                starts[runCount++] = event << LENGTH_BITS;
                length = 0;
            }
            length++;
            starts[runCount - 1]++;
        }
        this.runs = Arrays.copyOf(starts, runCount);
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
     * @param strangeShare share of impressions that show what another one did.
     * @return false when the pass is over.
     */
    boolean fill(ImpressionBatch batch, int capacity, float hiddenShare, float strangeShare) {
        batch.clear();
        while (next < runs.length) {
            long first = runs[next] >>> LENGTH_BITS;
            int length = (int) (runs[next] & LENGTH_MASK);
            if (batch.rows() + length > capacity) {
                break;
            }
            batch.beginGroup(hiddenShare > 0 && random.nextFloat() < hiddenShare);
            for (int i = 0; i < length; i++) {
                long event = first + i;
                boolean isStrange = strangeShare > 0 && random.nextFloat() < strangeShare;
                long shown = isStrange ? from + random.nextInt(count) : event;
                batch.add(event, shown, hiddenShare > 0 && random.nextFloat() < hiddenShare);
            }
            next++;
        }
        return batch.rows() > 0;
    }
}
