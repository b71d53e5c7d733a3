package io.millrace.ranker.feedback;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.RowReader;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Brings what users do into their rows, and counts it. All that one call tells of a user becomes
 * one write of the row, so a reader sees all of it or nothing, and so does the process after this
 * one when this one is killed. When a call has returned, the next reader of the row sees it.
 *
 * <p>Threading: any thread; calls take turns, since a row is read, changed and written again, and
 * that takes a few microseconds. All events of a store go through one writer.
 *
 * <p>Allocation: only in the constructor.
 */
public final class FeedbackWriter {
    private final FeatureStore users;
    private final RowLayout layout;
    private final RowReader reader;
    private final UserHistory history;
    private final EventCounters counters;
    private final MemorySegment row;

    /**
     * The writer of a store.
     *
     * @param schema the declared features.
     * @param users rows of the users; stays the caller's.
     * @param counters counts what happens to the items; stays the caller's.
     */
    public FeedbackWriter(FeatureSchema schema, FeatureStore users, EventCounters counters) {
        this.users = users;
        this.layout = users.layout();
        this.reader = users.newReader();
        this.history = new UserHistory(schema);
        this.counters = counters;
        this.row = Arena.ofAuto().allocate(layout.rowBytes(), RowLayout.ROW_ALIGNMENT_BYTES);
    }

    /**
     * Held by {@link #apply}, and by who remembers more of a feedback than that does: all of it is
     * in a copy of the state, or nothing.
     *
     * @return what to synchronize on.
     */
    public Object turn() {
        return users;
    }

    /**
     * Writes what a user did. A user of whom nothing is known gets a row as soon as there is
     * something to remember.
     *
     * @param userId the caller's id.
     * @param timestampMs when, milliseconds since 1970 UTC.
     * @param events what was done, with items of the catalogue.
     * @throws MillraceException LIMIT when there is no room for another user; nothing is changed.
     */
    @HotPath
    public void apply(long userId, long timestampMs, EventList events) {
        synchronized (users) {
            remember(userId, events);
            counters.count(events, timestampMs);
        }
    }

    /**
     * The same for what was counted before.
     *
     * @param userId the caller's id.
     * @param events what was done, with items of the catalogue.
     * @throws MillraceException LIMIT when there is no room for another user; nothing is changed.
     */
    @HotPath
    public void remember(long userId, EventList events) {
        synchronized (users) {
            if (!reader.readInto(userId, row, 0)) {
                layout.clear(row, 0);
            }
            boolean isChanged = false;
            for (int i = 0; i < events.count(); i++) {
                int ordinal = events.ordinal(i);
                isChanged |=
                        !counters.isLater(ordinal) && history.add(row, 0, events.kind(i), ordinal);
            }
            if (isChanged) {
                users.put(userId, row, 0);
            }
        }
    }
}
