package io.millrace.loadgen.compare;

import io.millrace.loadgen.compare.IntervalRun.Tally;

/** What two runs are compared by. */
public enum RunFigure {
    /** Latencies counted in a second. */
    RATE("requests/s", Double.NaN),

    /** Mean latency. */
    MEAN("mean", Double.NaN),

    /** Median latency. */
    P50("p50", 0.5),

    /** 90th percentile of latency. */
    P90("p90", 0.9),

    /** 99th percentile of latency. */
    P99("p99", 0.99),

    /** 99.9th percentile of latency. */
    P999("p99.9", 0.999);

    private final String label;
    private final double share;

    RunFigure(String label, double share) {
        this.label = label;
        this.share = share;
    }

    /**
     * How people write it.
     *
     * @return as in {@code p99.9}.
     */
    public String label() {
        return label;
    }

    /**
     * How many latencies lie beyond it.
     *
     * @return of so many, as many as are expected above a percentile; all of them for other
     *     figures.
     */
    double beyond(long total) {
        return Double.isNaN(share) ? total : total * (1 - share);
    }

    double of(Tally tally) {
        return switch (this) {
            case RATE -> tally.perSecond();
            case MEAN -> tally.mean();
            default -> tally.quantile(share);
        };
    }
}
