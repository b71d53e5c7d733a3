package io.millrace.server.metrics;

import io.millrace.core.metrics.StageBand;
import io.millrace.core.wire.Status;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.Stage;

import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.Map;

/**
 * What a server had counted and timed at one moment. Times are in nanoseconds.
 *
 * @param uptimeNs since the counters were made
 * @param outcomes requests by kind and status, those that happened
 * @param degraded requests for which something was given up
 * @param givenUp of those how many had each thing given up
 * @param refusals requests and connections refused as OVERLOADED or SHUTTING_DOWN, by reason
 * @param failures requests that ended with a defect
 * @param workerRestarts worker threads that ended and were replaced
 * @param abandoned requests whose caller was gone before their turn
 * @param inFlight requests handed to workers and not yet answered
 * @param connections what became of connections
 * @param allocatedBytes allocated by workers and event loops since they began
 * @param stages times by stage, see {@link #stage}
 * @param service times from the arrival of a request's last byte to its answer's encoding
 * @param bands times by stage of requests that took about equally long
 */
public record ServerStatistics(
        long uptimeNs,
        List<Outcome> outcomes,
        long degraded,
        Map<Lever, Long> givenUp,
        Map<Refusal, Long> refusals,
        long failures,
        long workerRestarts,
        long abandoned,
        long inFlight,
        Connections connections,
        long allocatedBytes,
        List<Histogram> stages,
        Histogram service,
        List<StageBand> bands) {
    /** Copies the lists. */
    public ServerStatistics {
        outcomes = List.copyOf(outcomes);
        givenUp = Map.copyOf(givenUp);
        refusals = Map.copyOf(refusals);
        stages = List.copyOf(stages);
        bands = List.copyOf(bands);
    }

    /**
     * How many requests ended so.
     *
     * @param kind what was asked for
     * @param status how they ended
     * @return the number
     */
    public long count(RequestKind kind, Status status) {
        for (Outcome outcome : outcomes) {
            if (outcome.kind == kind && outcome.status == status) {
                return outcome.count;
            }
        }
        return 0;
    }

    /**
     * How many requests ended so, whatever was asked for.
     *
     * @param status how they ended
     * @return the number
     */
    public long count(Status status) {
        long sum = 0;
        for (Outcome outcome : outcomes) {
            sum += outcome.status == status ? outcome.count : 0;
        }
        return sum;
    }

    /**
     * How often something was given up.
     *
     * @param lever what
     * @return requests
     */
    public long count(Lever lever) {
        return givenUp.getOrDefault(lever, 0L);
    }

    /**
     * How often something was refused for a reason.
     *
     * @param why the reason
     * @return requests, or connections
     */
    public long count(Refusal why) {
        return refusals.getOrDefault(why, 0L);
    }

    /**
     * Times of a stage.
     *
     * @param stage which
     * @return nanoseconds
     */
    public Histogram stage(Stage stage) {
        return stages.get(stage.index());
    }

    /**
     * Requests of one kind that ended in one way.
     *
     * @param kind what was asked for
     * @param status how they ended
     * @param count how many
     */
    public record Outcome(RequestKind kind, Status status, long count) {}

    /**
     * What became of connections.
     *
     * @param open now
     * @param accepted so far
     * @param refused so far, because there were too many
     * @param pauses times that one was not read from because its peer did not read or asked too
     *     much
     * @param unread answers whose caller was gone
     * @param slowReaders that were closed because their peer did not read its answers
     */
    public record Connections(
            long open, long accepted, long refused, long pauses, long unread, long slowReaders) {}
}
