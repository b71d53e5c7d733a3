package io.millrace.index.filter;

import io.millrace.core.HotPath;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * The rows that a predicate accepts, as a search asks for them. Where many are, rows are tested as
 * the search comes by; a set of all of them is filled where few are, or where the search needs to
 * go through all: filling it for a million rows takes longer than a walk that looks at hundreds.
 *
 * <p>Threading: one thread, that of the plan. Allocation: the set, when it is first filled for so
 * many rows.
 */
public final class PredicateRows implements OrdinalFilter {
    /** A quarter, below which searches need the set, and three standard errors of an estimate. */
    private static final double LEAST_SHARE_TESTED = 0.25 + 3 * 0.016;

    private @Nullable FilterPlan plan;
    private @Nullable OrdinalSet within;
    private @Nullable OrdinalBitSet set;
    private boolean isFilled;

    /** No predicate yet. */
    public PredicateRows() {}

    /**
     * Changes the predicate, or sees what it accepts now.
     *
     * @param newPlan the predicate, its parameters set and its table as large as the index.
     * @param newWithin rows that may be accepted at all, a set of the same size, or null for all.
     * @param wanted how many rows are wanted.
     * @return how many rows are accepted; about, where it is more than a quarter of many rows and
     *     far more than are wanted.
     */
    @HotPath
    public int accept(FilterPlan newPlan, @Nullable OrdinalSet newWithin, int wanted) {
        begin(newPlan, newWithin);
        int rows = newPlan.rows();
        if (rows > FilterPlan.EXACT_ROWS) {
            // Where the set leaves out what the predicate accepts, of all things, a search finds
            // too little and then goes on by the rows themselves.
            double within = newWithin == null ? 1 : (double) newWithin.cardinality() / rows;
            double share = within * newPlan.estimateSelectivity();
            if (share >= LEAST_SHARE_TESTED && share * rows >= 2.0 * wanted) {
                return (int) (share * rows);
            }
        }
        return filled().cardinality();
    }

    /**
     * Changes the predicate and fills the set of all that it accepts.
     *
     * @param newPlan as for {@link #accept}.
     * @param newWithin as for {@link #accept}.
     * @return the rows, until the predicate is changed.
     */
    @HotPath
    public OrdinalSet fill(FilterPlan newPlan, @Nullable OrdinalSet newWithin) {
        begin(newPlan, newWithin);
        return filled();
    }

    private void begin(FilterPlan newPlan, @Nullable OrdinalSet newWithin) {
        plan = newPlan;
        within = newWithin;
        isFilled = false;
    }

    @Override
    public int size() {
        return plan().rows();
    }

    @Override
    @HotPath
    public boolean contains(int ordinal) {
        if (isFilled) {
            return filled().contains(ordinal);
        }
        OrdinalSet only = within;
        return (only == null || only.contains(ordinal)) && plan().test(ordinal);
    }

    @Override
    @HotPath
    public int nextSet(int from) {
        return filled().nextSet(from);
    }

    private OrdinalBitSet filled() {
        FilterPlan own = plan();
        OrdinalBitSet rows = set;
        if (rows == null || rows.size() != own.rows()) {
            rows = new OrdinalBitSet(own.rows());
            set = rows;
            isFilled = false;
        }
        if (!isFilled) {
            own.fillInto(rows);
            if (within != null) {
                rows.and(within);
            }
            isFilled = true;
        }
        return rows;
    }

    private FilterPlan plan() {
        return Objects.requireNonNull(plan, "accept comes first");
    }
}
