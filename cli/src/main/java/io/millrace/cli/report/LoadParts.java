package io.millrace.cli.report;

import io.millrace.cli.report.ReportData.Curve;
import io.millrace.cli.report.ReportData.Second;
import io.millrace.loadgen.LoadReport;
import io.millrace.loadgen.SecondPoint;
import io.millrace.loadgen.watch.WatchReport;
import io.millrace.loadgen.watch.WatchSecond;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Parts of a report that tell of a load. */
public final class LoadParts {
    private static final double MS_PER_SECOND = 1e3;

    /** Server and answers are not asked at the very same moments. */
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
     * Latency by the second beside the hiccups of the machines.
     *
     * @param load what was seen.
     * @param watch of both processes, or null where there was none.
     * @return one for each second.
     */
    public static List<Second> seconds(LoadReport load, @Nullable WatchReport watch) {
        List<Second> seconds = new ArrayList<>();
        for (SecondPoint point : load.series()) {
            double end = point.endMs() / MS_PER_SECOND;
            double hiccup = Double.NaN;
            for (WatchSecond second : watch == null ? List.<WatchSecond>of() : watch.series()) {
                double at = second.endSeconds();
                boolean isWithin = at > end - 1 && at <= end + LATE_SECONDS;
                if (isWithin && Double.isFinite(second.serverHiccupUs())) {
                    hiccup = Double.isNaN(hiccup) ? 0 : hiccup;
                    hiccup = Math.max(hiccup, second.serverHiccupUs());
                }
            }
            seconds.add(new Second(point, hiccup));
        }
        return seconds;
    }
}
