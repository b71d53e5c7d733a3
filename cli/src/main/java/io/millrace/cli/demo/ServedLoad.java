package io.millrace.cli.demo;

import io.millrace.loadgen.CapacityEstimate;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.SampledAnswer;
import io.millrace.server.metrics.ServerStatistics;
import io.millrace.server.request.Stage;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;

/**
 * What serving and loading have shown.
 *
 * @param capacity what a short trial reached.
 * @param load the open-loop load.
 * @param check what became of the answers that were looked at one by one.
 * @param judged answers to the users that are judged, one each.
 * @param lightlyRanked answers to the same users where the light ranker cut the candidates.
 * @param stages mean time of each stage of a request, while loaded.
 * @param allocatedBytesPerRequest heap bytes of the serving threads a request, while loaded.
 * @param transport how sockets were waited for.
 * @param workers threads that answered.
 */
record ServedLoad(
        CapacityEstimate capacity,
        LoadReport load,
        AnswerReview check,
        List<SampledAnswer> judged,
        List<SampledAnswer> lightlyRanked,
        List<StageTime> stages,
        double allocatedBytesPerRequest,
        String transport,
        int workers) {
    private static final double NS_PER_US = 1e3;

    /** The mean time of a stage. */
    record StageTime(Stage stage, double meanUs) {}

    /** The means of what was measured between two moments. */
    static List<StageTime> between(ServerStatistics before, ServerStatistics after) {
        List<StageTime> times = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            Histogram histogram = after.stage(stage).copy();
            histogram.subtract(before.stage(stage));
            times.add(
                    new StageTime(
                            stage,
                            histogram.getTotalCount() == 0 ? 0 : histogram.getMean() / NS_PER_US));
        }
        return times;
    }
}
