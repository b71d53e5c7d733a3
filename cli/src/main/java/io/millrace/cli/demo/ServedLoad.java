package io.millrace.cli.demo;

import io.millrace.loadgen.CapacityEstimate;
import io.millrace.loadgen.LoadReport;
import io.millrace.server.metrics.ServerStatistics;

import java.util.List;

/**
 * What serving and loading have shown.
 *
 * @param capacity what a short trial reached.
 * @param load the open-loop load.
 * @param check what became of the answers that were looked at one by one.
 * @param statistics what the server measured.
 * @param allocatedBytesPerRequest heap bytes of the serving threads a request, while loaded.
 * @param transport how sockets were waited for.
 * @param workers threads that answered.
 * @param hiccups longest hiccup of the machine by second, since the load began.
 */
record ServedLoad(
        CapacityEstimate capacity,
        LoadReport load,
        AnswerReview check,
        ServerStatistics statistics,
        double allocatedBytesPerRequest,
        String transport,
        int workers,
        List<HiccupSeries.Interval> hiccups) {}
