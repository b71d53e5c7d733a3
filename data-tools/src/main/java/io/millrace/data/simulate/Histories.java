package io.millrace.data.simulate;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What was watched before the first impression: the last items of each user, and counts by user and
 * item over all of it. Counts are added up atomically, and sums do not depend on the order, so
 * neither does the result.
 *
 * <p>Threading: users may be recorded side by side, one thread a user.
 */
final class Histories {
    /** Most items kept of a user. */
    static final int LENGTH = 50;

    private static final double USER_PRIOR = 5;
    private static final double ITEM_PRIOR = 20;

    final int[][] watched;
    final int[][] longWatched;
    final int[][] liked;
    final int[] userViews;
    final int[] userLongViews;
    final int[] userLikes;
    final AtomicIntegerArray itemViews;
    final AtomicIntegerArray itemLongViews;

    Histories(int users, int items) {
        this.watched = new int[users][];
        this.longWatched = new int[users][];
        this.liked = new int[users][];
        this.userViews = new int[users];
        this.userLongViews = new int[users];
        this.userLikes = new int[users];
        this.itemViews = new AtomicIntegerArray(items);
        this.itemLongViews = new AtomicIntegerArray(items);
    }

    /** Records everything a user watched, oldest first. */
    void record(int user, int[] items, boolean[] isLong, boolean[] isLiked) {
        int longs = 0;
        int likes = 0;
        for (int i = 0; i < items.length; i++) {
            itemViews.incrementAndGet(items[i]);
            if (isLong[i]) {
                itemLongViews.incrementAndGet(items[i]);
                longs++;
            }
            likes += isLiked[i] ? 1 : 0;
        }
        userViews[user] = items.length;
        userLongViews[user] = longs;
        userLikes[user] = likes;
        watched[user] = Arrays.copyOfRange(items, Math.max(0, items.length - LENGTH), items.length);
        longWatched[user] = lastOf(items, isLong, longs);
        liked[user] = lastOf(items, isLiked, likes);
    }

    float[] userLongRates() {
        return rates(userLongViews, userViews, USER_PRIOR);
    }

    float[] userLikeRates() {
        return rates(userLikes, userViews, USER_PRIOR);
    }

    float[] itemLongRates() {
        return rates(toArray(itemLongViews), toArray(itemViews), ITEM_PRIOR);
    }

    float[] itemLogViews() {
        float[] result = new float[itemViews.length()];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) StrictMath.log1p(itemViews.get(i));
        }
        return result;
    }

    /** Long-view rate of groups of items, such as a creator's, by the number of the group. */
    float[] groupLongRates(int[] groupOfItem, int groups) {
        int[] views = new int[groups];
        int[] longViews = new int[groups];
        for (int item = 0; item < groupOfItem.length; item++) {
            views[groupOfItem[item]] += itemViews.get(item);
            longViews[groupOfItem[item]] += itemLongViews.get(item);
        }
        return rates(longViews, views, ITEM_PRIOR);
    }

    private static float[] rates(int[] events, int[] views, double prior) {
        long allEvents = 0;
        long allViews = 0;
        for (int i = 0; i < events.length; i++) {
            allEvents += events[i];
            allViews += views[i];
        }
        double mean = (double) allEvents / Math.max(1, allViews);
        float[] result = new float[events.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) ((events[i] + prior * mean) / (views[i] + prior));
        }
        return result;
    }

    private static int[] lastOf(int[] items, boolean[] isKept, int kept) {
        int[] result = new int[Math.min(kept, LENGTH)];
        int at = result.length;
        for (int i = items.length - 1; i >= 0 && at > 0; i--) {
            if (isKept[i]) {
                result[--at] = items[i];
            }
        }
        return result;
    }

    private static int[] toArray(AtomicIntegerArray values) {
        int[] result = new int[values.length()];
        Arrays.setAll(result, values::get);
        return result;
    }
}
