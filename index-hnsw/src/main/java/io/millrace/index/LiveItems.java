package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.index.filter.OrdinalFilter;
import io.millrace.index.graph.EvenSample;
import io.millrace.index.graph.LiveGraph;

import org.jspecify.annotations.Nullable;

import java.util.function.LongPredicate;

/**
 * The slots a search of a live graph may answer: those of living items, or of those among them that
 * a filter accepts, but for those that earlier pages have answered.
 *
 * <p>Threading: one thread, inside an epoch.
 */
final class LiveItems implements OrdinalFilter {
    /** So many items tell the share that a filter accepts well enough to choose a way by. */
    private static final int SAMPLE = 256;

    private final LiveGraph live;
    private final LiveIds ids;
    private @Nullable LongPredicate filter;
    private @Nullable AnsweredIds answered;

    LiveItems(LiveGraph live, LiveIds ids) {
        this.live = live;
        this.ids = ids;
    }

    /** Changes which items are accepted; null for all. */
    void accept(@Nullable LongPredicate newFilter) {
        filter = newFilter;
    }

    /** Accepts from now on nothing that is among the answered; null leaves out none. */
    void leaveOut(@Nullable AnsweredIds newAnswered) {
        answered = newAnswered;
    }

    /** The graph that has the slots. */
    LiveGraph graph() {
        return live;
    }

    /** How many items there are. */
    int count() {
        return live.aliveCount();
    }

    /** About how many items are accepted, told by a sample. */
    @HotPath
    int estimateAccepted() {
        LongPredicate wanted = filter;
        if (wanted == null) {
            return count();
        }
        int end = live.slotsInUse();
        int seen = 0;
        int accepted = 0;
        for (int i = 0; i < SAMPLE; i++) {
            int slot = EvenSample.at(i, end);
            if (live.isAlive(slot)) {
                seen++;
                accepted += wanted.test(ids.id(slot)) ? 1 : 0;
            }
        }
        return seen == 0 ? 0 : (int) ((long) count() * accepted / seen);
    }

    @Override
    public int size() {
        return live.slotsInUse();
    }

    @Override
    @HotPath
    public boolean contains(int slot) {
        if (!live.isAlive(slot)) {
            return false;
        }
        LongPredicate wanted = filter;
        AnsweredIds unwanted = answered;
        return (wanted == null || wanted.test(ids.id(slot)))
                && (unwanted == null || !unwanted.contains(ids.id(slot)));
    }

    @Override
    @HotPath
    public int nextSet(int from) {
        int end = live.slotsInUse();
        for (int slot = from; slot < end; slot++) {
            if (contains(slot)) {
                return slot;
            }
        }
        return NONE;
    }
}
