package io.millrace.data.simulate;

import io.millrace.core.random.SplitRandom;

/**
 * The days of a simulated world: first the history, then impressions to train on, then to test on,
 * then the day of serving.
 */
final class Calendar {
    static final int HISTORY_DAYS = 14;

    /** A whole week, or a day of the week would be met first when serving. */
    static final int TRAIN_DAYS = 7;

    static final int TEST_DAYS = 2;

    /** The day on which the trained funnel is asked; also the count of days before it. */
    static final int SERVING_DAY = HISTORY_DAYS + TRAIN_DAYS + TEST_DAYS;

    static final int HOURS = 24;
    static final int DAYS_OF_WEEK = 7;

    /** Day 0 begins on Monday, 5 January 2026, 00:00 UTC. */
    private static final long START_MS = 1_767_571_200_000L;

    private static final long MS_PER_HOUR = 3_600_000;
    private static final int SATURDAY = 5;
    private static final int MORNING_HOUR = 8;
    private static final int EVENING_HOUR = 21;
    private static final double EVENING_SHARE = 0.6;
    private static final double EVENING_SPREAD_HOURS = 2.5;

    private Calendar() {}

    /** An hour of a visit: evenings are busy, nights are not. */
    static int drawHour(SplitRandom random) {
        if (random.nextDouble() < EVENING_SHARE) {
            long hour = Math.round(EVENING_HOUR + EVENING_SPREAD_HOURS * random.nextGaussian());
            return (int) Math.floorMod(hour, (long) HOURS);
        }
        return MORNING_HOUR + random.nextInt(HOURS - MORNING_HOUR);
    }

    /** A time within an hour of a day, at least so much before the hour's end. */
    static long timestampMs(int day, int hour, int remainingMs, SplitRandom random) {
        return startOfDayMs(day)
                + hour * MS_PER_HOUR
                + random.nextInt((int) MS_PER_HOUR - remainingMs);
    }

    static int dayOfWeek(int day) {
        return day % DAYS_OF_WEEK;
    }

    static boolean isWeekend(int day) {
        return dayOfWeek(day) >= SATURDAY;
    }

    /** The beginning of a day in milliseconds since 1970 UTC. */
    static long startOfDayMs(int day) {
        return START_MS + (long) day * HOURS * MS_PER_HOUR;
    }
}
