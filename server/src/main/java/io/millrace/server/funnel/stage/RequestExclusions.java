package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.feedback.UserHistory;
import io.millrace.ranker.rerank.RequestFilter;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.funnel.filter.ItemFilter;
import io.millrace.server.funnel.search.FunnelWidth;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.SeenPairs;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestEvents;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * What one request after the other must not be answered with: what its user has seen, what it
 * excludes or filters out, and what is not served any more.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class RequestExclusions {
    private final LivingItems living;
    private final ItemRowMirror items;
    private final @Nullable SeenPairs seen;
    private final UserHistory history;
    private final RequestFilter filter;
    private final ItemFilter wanted;

    /** Who is not to be shown what they have seen; NO_USER where that is nobody. */
    private long unseenBy = Request.NO_USER;

    /**
     * Nothing is excluded yet.
     *
     * @param parts has the items
     * @param wanted the filter of the request
     */
    public RequestExclusions(FunnelParts parts, ItemFilter wanted) {
        this.wanted = wanted;
        FunnelWidth width = parts.width();
        living = parts.living();
        items = parts.items();
        seen = parts.seen();
        history = new UserHistory(parts.schema());
        int mostNamed = width.maxExcluded() + width.maxEvents() + 1;
        filter = new RequestFilter(parts.rules(), parts.schema(), mostNamed);
    }

    /** A request begins, which excludes nothing yet. */
    public void clear() {
        filter.clear();
        unseenBy = Request.NO_USER;
    }

    /** What histories and the request itself exclude, for rules and lists. */
    public RequestFilter filter() {
        return filter;
    }

    /**
     * Brings what the request tells of the user into the row; false if that is nothing.
     *
     * @param keepsSeen whether what is told of may be answered with
     */
    public boolean addFreshHistory(Request request, MemorySegment userRow, boolean keepsSeen) {
        RequestEvents events = request.events();
        if (events.isReplacing()) {
            history.clear(userRow, 0);
        }
        boolean isTold = false;
        for (int i = 0; i < events.count(); i++) {
            int ordinal = living.knownOrdinalOf(events.itemId(i));
            if (ordinal == VectorIndex.NO_ORDINAL) {
                continue;
            }
            if (!living.isLater(ordinal)) {
                isTold |= history.add(userRow, 0, events.kind(i), ordinal);
            } else if (!keepsSeen) {
                // Histories have no ids for items that came later than the bundle.
                filter.exclude(ordinal);
            }
        }
        return isTold;
    }

    /** Excludes what a user has seen. */
    public void addSeen(long userId, MemorySegment userRow, boolean isKnown) {
        unseenBy = userId;
        if (isKnown) {
            filter.addSeen(userRow, 0);
        }
    }

    /** Excludes what the request names. */
    public void addNamed(Request request) {
        long[] excluded = request.excluded();
        for (int i = 0; i < request.excludedCount(); i++) {
            int ordinal = living.knownOrdinalOf(excluded[i]);
            if (ordinal != VectorIndex.NO_ORDINAL) {
                filter.exclude(ordinal);
            }
        }
    }

    /** Excludes an item. */
    public void add(int ordinal) {
        filter.exclude(ordinal);
    }

    /** How many items of the index the user has seen that are not to be shown again. */
    public int seenCount() {
        return filter.seenCount();
    }

    /** Drops what must not be answered and returns how many are left, in the same order. */
    public int dropFrom(int[] ordinals, float[] scores, int count) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int ordinal = ordinals[i];
            if (living.contains(ordinal) && !isSeen(ordinal) && !filter.isExcluded(ordinal)) {
                ordinals[kept] = ordinal;
                scores[kept++] = scores[i];
            }
        }
        return wanted.keep(ordinals, scores, kept);
    }

    /** Whether the filter of the request leaves an item out. */
    boolean isFilteredOut(int ordinal) {
        return !wanted.accepts(ordinal);
    }

    /** Whether the user has seen an item that is not to be shown again. */
    boolean isSeen(int ordinal) {
        return filter.isSeen(ordinal)
                || (living.isLater(ordinal)
                        && seen != null
                        && unseenBy != Request.NO_USER
                        && seen.contains(unseenBy, items.id(ordinal)));
    }
}
