package io.millrace.data.eval;

import io.millrace.data.dataset.InteractionTable;

import java.util.Arrays;

/** An item is worth 1 when the user clicked it in the held-out impressions, else nothing. */
final class HeldOutClicks implements ItemWorth {
    private final int[] starts;
    private final int[] items;

    HeldOutClicks(InteractionTable test, int users) {
        this.starts = new int[users + 1];
        for (long i = 0; i < test.count(); i++) {
            starts[test.user(i) + 1] += test.isClick(i) ? 1 : 0;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
        this.items = new int[starts[users]];
        int[] next = starts.clone();
        for (long i = 0; i < test.count(); i++) {
            if (test.isClick(i)) {
                items[next[test.user(i)]++] = test.item(i);
            }
        }
    }

    @Override
    public String name() {
        return "held-out clicks";
    }

    @Override
    public void fill(int user, float[] gains) {
        Arrays.fill(gains, 0);
        for (int i = starts[user]; i < starts[user + 1]; i++) {
            gains[items[i]] = 1;
        }
    }
}
