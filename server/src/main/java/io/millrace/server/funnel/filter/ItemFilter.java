package io.millrace.server.funnel.filter;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.index.filter.FilterPlan;
import io.millrace.server.funnel.attributes.ServedAttributes;
import io.millrace.server.funnel.rows.ItemChanges;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;

import org.jspecify.annotations.Nullable;

/**
 * Holds items against the filter of one request after the other.
 *
 * <p>Threading: one thread. Allocation: by a filter that was not met lately.
 */
@HotPath
public final class ItemFilter {
    /** After so many changes meanwhile, the next one has to wait. */
    private static final int MOST_TRIES = 3;

    private final @Nullable KnownFilters known;
    private final ItemChanges changes;
    private final boolean[] isAccepted;

    /** Null where the request has no filter. */
    private @Nullable FilterPlan plan;

    /**
     * No filter yet.
     *
     * @param attributes of the items; null where there are none to filter by
     * @param changes tells which items change
     * @param mostItems the most that are held against a filter together
     */
    public ItemFilter(@Nullable ServedAttributes attributes, ItemChanges changes, int mostItems) {
        known = attributes == null ? null : new KnownFilters(attributes);
        this.changes = changes;
        isAccepted = new boolean[mostItems];
    }

    /**
     * A request begins.
     *
     * @param request which may have a filter
     * @param answer told what is wrong with it
     * @return false where something is
     */
    public boolean begin(Request request, Answer answer) {
        plan = null;
        if (request.filter().isEmpty() || !isFilterable(request.kind())) {
            return true;
        }
        if (known == null) {
            answer.fail(
                    Status.BAD_REQUEST,
                    "this bundle has no attributes to filter by; build it again with millrace"
                            + " build, without --no-attributes");
            return false;
        }
        plan = known.planOf(request.filter(), answer);
        return plan != null;
    }

    /** Whether a filter says what is answered; a request that names all its items has none. */
    private static boolean isFilterable(RequestKind kind) {
        return switch (kind) {
            case RECOMMEND, EXPLAIN, SIMILAR, SEARCH -> true;
            default -> false;
        };
    }

    /**
     * Whether the request leaves out any items by a filter.
     *
     * @return false where it has none
     */
    public boolean isOn() {
        return plan != null;
    }

    /**
     * What items are held against.
     *
     * @return null where the request has no filter
     */
    public @Nullable FilterPlan plan() {
        return plan;
    }

    /**
     * Whether the request wants an item, as far as its filter says.
     *
     * @param ordinal the item, of the index or one that came later
     * @return true of all where it has none
     */
    public boolean accepts(int ordinal) {
        FilterPlan asked = plan;
        return asked == null || asked.test(ordinal);
    }

    /**
     * Drops what the request does not want. Each of the items is held against the filter with all
     * its attributes as they were between two changes.
     *
     * @param ordinals the items; what stays is moved to the front, in the same order
     * @param scores beside them, moved with them
     * @param count how many
     * @return how many stay
     */
    public int keep(int[] ordinals, float[] scores, int count) {
        FilterPlan asked = plan;
        if (asked == null) {
            return count;
        }
        test(asked, ordinals, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (isAccepted[i]) {
                ordinals[kept] = ordinals[i];
                scores[kept++] = scores[i];
            }
        }
        return kept;
    }

    private void test(FilterPlan asked, int[] ordinals, int count) {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            long moment = changes.moment();
            testOnce(asked, ordinals, count);
            if (!changes.haveTouched(ordinals, count, moment)) {
                return;
            }
        }
        changes.hold();
        try {
            testOnce(asked, ordinals, count);
        } finally {
            changes.letGo();
        }
    }

    private void testOnce(FilterPlan asked, int[] ordinals, int count) {
        for (int i = 0; i < count; i++) {
            isAccepted[i] = asked.test(ordinals[i]);
        }
    }
}
