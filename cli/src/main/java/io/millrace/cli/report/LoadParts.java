package io.millrace.cli.report;

import io.millrace.cli.report.ReportData.Curve;
import io.millrace.cli.report.ReportData.Second;
import io.millrace.loadgen.LoadReport;
import io.millrace.loadgen.SecondPoint;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Parts of a report that tell of a load. */
public final class LoadParts {
    private static final double MS_PER_SECOND = 1e3;

    /** The meter of hiccups and the answers are not told of at the very same moments. */
    private static final double LATE_SECONDS = 0.5;

    private LoadParts() {}

    /**
     * Percentile curves.
     *
     * @param load what was seen.
     * @return latency, service time and hiccups.
     */
    public static List<Curve> latency(LoadReport load) {
        return List.of(
                new Curve("from the intended start", load.latency()),
                new Curve("from the sending", load.service()),
                new Curve("hiccups of the machine", load.hiccups()));
    }

    /**
     * Latency by the second beside the hiccups of the machine.
     *
     * @param load what was seen.
     * @param hiccupLog of the same run, or null where there is none.
     * @return one for each second.
     */
    public static List<Second> seconds(LoadReport load, @Nullable Path hiccupLog) {
        List<HiccupSeries.Interval> hiccups =
                hiccupLog == null ? List.of() : HiccupSeries.read(hiccupLog);
        double warmup = load.plan().warmupMs() / MS_PER_SECOND;
        List<Second> seconds = new ArrayList<>();
        for (SecondPoint point : load.series()) {
            double end = point.endMs() / MS_PER_SECOND;
            double hiccup = 0;
            for (HiccupSeries.Interval interval : hiccups) {
                double at = interval.endSeconds() - warmup;
                if (at > end - 1 && at <= end + LATE_SECONDS) {
                    hiccup = Math.max(hiccup, interval.maxUs());
                }
            }
            seconds.add(
                    new Second(
                            end,
                            point.count(),
                            point.p50Us(),
                            point.p99Us(),
                            hiccup > 0 ? hiccup : Double.NaN));
        }
        return seconds;
    }
}
