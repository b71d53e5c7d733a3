package io.millrace.data.importers.table;

import java.util.Arrays;
import java.util.List;

/**
 * What users did before the first impression, the newest last, and the counters that follow from
 * it. An event is a view; a click, a long view or a like is what came of it.
 *
 * <p>Threading: one thread.
 */
final class EventHistory {
    static final int LENGTH = 50;

    private static final double USER_PRIOR = 5;
    private static final double ITEM_PRIOR = 20;
    private static final int[] NOTHING = {};

    private final EventSplit split;
    private final int userCount;
    private final int[] userViews;
    private final int[] userClicks;
    private final int[] itemViews;
    private final int[] itemClicks;

    EventHistory(EventSplit split, int userCount, int itemCount) {
        this.split = split;
        this.userCount = userCount;
        this.userViews = new int[userCount];
        this.userClicks = new int[userCount];
        this.itemViews = new int[itemCount];
        this.itemClicks = new int[itemCount];
        EventColumns events = split.events();
        for (int i = 0; i < split.trainFrom(); i++) {
            int event = split.order()[i];
            int click = events.hasLabel(event, EventColumns.CLICK) ? 1 : 0;
            userViews[events.user(event)]++;
            userClicks[events.user(event)] += click;
            itemViews[events.item(event)]++;
            itemClicks[events.item(event)] += click;
        }
    }

    /**
     * The last items of every user whose events have a label.
     *
     * @param label the label.
     * @return rows of the items by user, oldest first.
     */
    int[][] lastItems(int label) {
        EventColumns events = split.events();
        int[][] items = new int[userCount][];
        Arrays.fill(items, NOTHING);
        int[] lengths = new int[userCount];
        for (int i = 0; i < split.trainFrom(); i++) {
            int event = split.order()[i];
            if (events.hasLabel(event, label)) {
                lengths[events.user(event)]++;
            }
        }
        int[] free = new int[userCount];
        for (int user = 0; user < userCount; user++) {
            free[user] = Math.min(lengths[user], LENGTH);
            items[user] = free[user] == 0 ? NOTHING : new int[free[user]];
        }
        // From the newest back, so that the oldest are those that find no place.
        for (int i = split.trainFrom() - 1; i >= 0; i--) {
            int event = split.order()[i];
            int user = events.user(event);
            if (events.hasLabel(event, label) && free[user] > 0) {
                items[user][--free[user]] = events.item(event);
            }
        }
        return items;
    }

    /** Counters of the users. */
    List<NumberColumn> userCounters() {
        return List.of(
                new NumberColumn("log_history_length", Counters.logs(userViews)),
                new NumberColumn(
                        "history_click_rate",
                        Counters.rates(
                                userClicks,
                                userViews,
                                USER_PRIOR,
                                Counters.meanRate(userClicks, userViews))));
    }

    /** Counters of the items. */
    List<NumberColumn> itemCounters() {
        return List.of(
                new NumberColumn("log_views", Counters.logs(itemViews)),
                new NumberColumn(
                        "item_click_rate",
                        Counters.rates(
                                itemClicks,
                                itemViews,
                                ITEM_PRIOR,
                                Counters.meanRate(itemClicks, itemViews))));
    }
}
