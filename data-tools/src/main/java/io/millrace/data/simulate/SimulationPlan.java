package io.millrace.data.simulate;

import io.millrace.core.error.MillraceException;

/**
 * What world to simulate.
 *
 * @param users count of users.
 * @param items count of items.
 * @param events count of events in all: watched before the first impression (three fifths),
 *     impressions to train on (three tenths) and to test on (the rest).
 * @param seed seed of the world.
 * @param threads how many threads to use; does not change the result.
 */
public record SimulationPlan(int users, int items, long events, long seed, int threads) {
    /** Fewest users of a world in which anything can be learnt. */
    public static final int LEAST_USERS = 50;

    /** Fewest items of a world in which anything can be learnt. */
    public static final int LEAST_ITEMS = 200;

    /** Events a user when nothing else is said. */
    public static final int EVENTS_PER_USER = 80;

    private static final int LEAST_EVENTS_PER_USER = 10;
    private static final int MOST_EVENTS_PER_USER = 2_000;
    private static final int MOST_USERS = 40_000_000;
    private static final int MOST_ITEMS = 100_000_000;

    /** Impressions are sorted on the heap, in arrays. */
    private static final long MOST_EVENTS = 1_500_000_000;

    /** Validates. */
    public SimulationPlan {
        check("users", users, LEAST_USERS, MOST_USERS);
        check("items", items, LEAST_ITEMS, MOST_ITEMS);
        check(
                "events",
                events,
                (long) users * LEAST_EVENTS_PER_USER,
                Math.min((long) users * MOST_EVENTS_PER_USER, MOST_EVENTS));
        check("threads", threads, 1, 1_024);
    }

    /**
     * A plan with a sensible count of events.
     *
     * @param users count of users.
     * @param items count of items.
     * @param seed seed of the world.
     * @return the plan, on all processors.
     */
    public static SimulationPlan defaults(int users, int items, long seed) {
        return new SimulationPlan(
                users,
                items,
                (long) users * EVENTS_PER_USER,
                seed,
                Runtime.getRuntime().availableProcessors());
    }

    /**
     * The same plan on another number of threads.
     *
     * @param count how many threads.
     * @return the plan.
     */
    public SimulationPlan withThreads(int count) {
        return new SimulationPlan(users, items, events, seed, count);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw MillraceException.usage(
                    "cannot simulate: %s=%d, least=%d, most=%d; change --%s",
                    name, value, least, most, name);
        }
    }
}
