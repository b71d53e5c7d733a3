package io.millrace.index.graph;

import io.millrace.core.HotPath;

import java.util.function.LongSupplier;

/**
 * What a search has done so far, and whether its time is over. One of it is shared by all parts of
 * a search, so that a budget holds for the whole.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class Effort {
    /** A budget that never ends. */
    public static final long NO_BUDGET_NS = Long.MAX_VALUE;

    /** A look at the clock takes 20-30 ns, a step of a walk several hundred: some 1 % then. */
    private static final int STEPS_PER_LOOK = 4;

    private LongSupplier clock = System::nanoTime;
    private long startNs;
    private long budgetNs = NO_BUDGET_NS;
    private long rows;
    private int stepsToLook = STEPS_PER_LOOK;
    private boolean isOver;

    /** Nothing done yet, and all the time there is. */
    public Effort() {}

    /**
     * Measures time by another clock.
     *
     * @param newClock nanoseconds since some moment.
     */
    public void setClock(LongSupplier newClock) {
        clock = newClock;
    }

    /**
     * Begins a search.
     *
     * @param newBudgetNs how long it may take, or {@link #NO_BUDGET_NS}.
     */
    @HotPath
    public void start(long newBudgetNs) {
        budgetNs = newBudgetNs;
        rows = 0;
        stepsToLook = STEPS_PER_LOOK;
        isOver = false;
        if (budgetNs != NO_BUDGET_NS) {
            startNs = clock.getAsLong();
        }
    }

    /** Notes rows that were measured, in between two looks at the clock. */
    @HotPath
    void count(int measured) {
        rows += measured;
    }

    /** Notes rows that were measured; whether the search must end. */
    @HotPath
    boolean step(int measured) {
        rows += measured;
        stepsToLook--;
        return stepsToLook == 0 && look();
    }

    private boolean look() {
        stepsToLook = STEPS_PER_LOOK;
        isOver |= budgetNs != NO_BUDGET_NS && clock.getAsLong() - startNs >= budgetNs;
        return isOver;
    }

    /**
     * How many rows were measured exactly since the start; estimates from codes are not counted.
     *
     * @return from 0.
     */
    public long rows() {
        return rows;
    }

    /**
     * Whether the budget was used up.
     *
     * @return true when the search ended early.
     */
    public boolean isOver() {
        return isOver;
    }
}
