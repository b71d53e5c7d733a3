package io.millrace.server.funnel.search;

import io.millrace.index.FlatIndex;
import io.millrace.index.calibrate.RecallSampler;
import io.millrace.server.metrics.Gauge;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Watches whether the vector searches that are served have the recall that their breadth was chosen
 * for: users come whom the bundle was not calibrated on.
 *
 * <p>Threading: any thread; compares on one of its own. Allocation: none on the threads whose
 * searches it watches.
 */
public final class RecallWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecallWatch.class);

    /** Misses of one query come together, so fewer than this tell nothing. */
    private static final int LEAST_SEARCHES = 30;

    private final double target;
    private final int efSearch;
    private final RecallSampler sampler;
    private boolean isBelow;

    /**
     * Not comparing yet.
     *
     * @param exact exact search over the rows that are searched
     * @param breadth what searches are served with
     * @param maxK the most neighbours of a search
     */
    public RecallWatch(FlatIndex exact, SearchBreadth breadth, int maxK) {
        target = breadth.recall();
        efSearch = breadth.efSearch();
        sampler = new RecallSampler(exact, maxK, 1);
    }

    public void start(int pauseMs) {
        sampler.start(pauseMs, this::judge);
    }

    /** For one more searching thread. */
    public RecallSampler.Tap newTap() {
        return sampler.newTap();
    }

    private void judge(RecallSampler.Estimate seen) {
        boolean wasBelow = isBelow;
        isBelow = seen.searches() >= LEAST_SEARCHES && seen.interval().high() < target;
        if (isBelow && !wasBelow) {
            LOG.warn(
                    "searches miss the recall that was wanted: recall={}, sampled={} ({} to {}),"
                        + " searches={}, efSearch={}; raise funnel.recall or funnel.efSearch, or"
                        + " build the bundle again with the users of today",
                    target,
                    rounded(seen.recall()),
                    rounded(seen.interval().low()),
                    rounded(seen.interval().high()),
                    seen.searches(),
                    efSearch);
        }
    }

    private static String rounded(double ratio) {
        return String.format(Locale.ROOT, "%.4f", ratio);
    }

    public List<Gauge> gauges() {
        RecallSampler.Estimate seen = sampler.estimate();
        List<Gauge> gauges = new ArrayList<>();
        gauges.add(
                Gauge.of(
                        "recall_target_ratio",
                        "Recall that the breadth of vector searches was chosen for.",
                        target));
        gauges.add(
                Gauge.of(
                        "recall_samples_total",
                        "Served searches that were compared with exact ones.",
                        (double) seen.searches()));
        if (seen.searches() > 0) {
            gauges.add(
                    Gauge.of(
                            "recall_sampled_ratio",
                            "Part of the true neighbours that the compared searches found.",
                            seen.recall()));
            gauges.add(bound("low", seen.interval().low()));
            gauges.add(bound("high", seen.interval().high()));
        }
        return gauges;
    }

    private static Gauge bound(String bound, double value) {
        return new Gauge(
                "recall_sampled_bound_ratio",
                "bound=\"" + bound + "\"",
                "Where the true recall lies, with 95 % confidence to either side.",
                value);
    }

    @Override
    public void close() {
        sampler.close();
    }
}
