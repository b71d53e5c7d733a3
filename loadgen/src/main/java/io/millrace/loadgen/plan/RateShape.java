package io.millrace.loadgen.plan;

import io.millrace.core.error.MillraceException;

/** How the rate of a plan changes over its time. */
public sealed interface RateShape {
    /** The same rate all the time. */
    RateShape STEADY = new Steady();

    /** The same rate all the time. */
    record Steady() implements RateShape {
        @Override
        public String toString() {
            return "steady";
        }
    }

    /**
     * A rate that grows or falls in a straight line to that of the plan; the warm-up has the rate
     * of the beginning.
     *
     * @param fromPerSecond requests a second at the beginning, from 0.
     */
    record Ramp(double fromPerSecond) implements RateShape {
        /** Refuses what is no rate. */
        public Ramp {
            if (!(fromPerSecond >= 0 && fromPerSecond <= LoadPlan.MAX_RATE)) {
                throw MillraceException.usage(
                        "no rate to begin a ramp with: fromPerSecond=%s, limit=0 to %.0f",
                        fromPerSecond, LoadPlan.MAX_RATE);
            }
        }

        @Override
        public String toString() {
            return "ramp:" + fromPerSecond;
        }
    }

    /**
     * In the first tenth of each period many times the rate of the plan, in the rest so much less
     * that the plan's rate is the mean.
     *
     * @param factor how many times the rate, above 1, at most 10, when nothing is left for the
     *     rest.
     * @param periodSeconds from one burst to the next.
     */
    record Bursts(double factor, double periodSeconds) implements RateShape {
        static final double SHARE = 0.1;
        private static final double SHORTEST_PERIOD_SECONDS = 0.01;
        private static final double LONGEST_PERIOD_SECONDS = 3_600;

        /** Refuses what are no bursts. */
        public Bursts {
            if (!(factor > 1 && factor <= 1 / SHARE)) {
                throw MillraceException.usage(
                        "no bursts: factor=%s, limit=above 1 to %.0f; a burst takes a tenth of the"
                                + " time",
                        factor, 1 / SHARE);
            }
            if (!(periodSeconds >= SHORTEST_PERIOD_SECONDS
                    && periodSeconds <= LONGEST_PERIOD_SECONDS)) {
                throw MillraceException.usage(
                        "no period of bursts: periodSeconds=%s, limit=%s to %s",
                        periodSeconds, SHORTEST_PERIOD_SECONDS, LONGEST_PERIOD_SECONDS);
            }
        }

        /** The rate outside of bursts, where that of the plan is 1. */
        double between() {
            return Math.max(0, (1 - factor * SHARE) / (1 - SHARE));
        }

        @Override
        public String toString() {
            return "bursts:" + factor + ":" + periodSeconds;
        }
    }
}
