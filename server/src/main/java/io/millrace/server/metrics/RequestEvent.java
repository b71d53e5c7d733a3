package io.millrace.server.metrics;

import io.millrace.core.wire.Status;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import jdk.jfr.Category;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * A request in a flight recording. It lasts from its worker's taking it to its answer, and tells
 * the time of each stage in nanoseconds, 0 for those that it did not pass. Recordings get it only
 * where they enable it, and then of requests that took as long as their threshold says.
 *
 * <p>Threading: one event for each worker, used again for each request. Allocation: none.
 */
@Name(RequestEvent.NAME)
@Label("Request")
@Category("Millrace")
@StackTrace(false)
@Enabled(false)
public final class RequestEvent extends Event {
    /** As recordings call it. */
    public static final String NAME = "io.millrace.Request";

    @Label("Kind")
    String kind = "";

    @Label("Status")
    String status = "";

    @Label("From the arrival to the answer")
    @Timespan
    long service;

    @Label("Decode")
    @Timespan
    long decode;

    @Label("Queue")
    @Timespan
    long queue;

    @Label("User")
    @Timespan
    long user;

    @Label("Embed")
    @Timespan
    long embed;

    @Label("Retrieve")
    @Timespan
    long retrieve;

    @Label("Rank")
    @Timespan
    long rank;

    @Label("Rerank")
    @Timespan
    long rerank;

    @Label("Encode")
    @Timespan
    long encode;

    /** Makes the event of a worker. */
    public RequestEvent() {}

    /**
     * The request that was begun last was answered.
     *
     * @param requestKind what was asked for
     * @param outcome how it ended
     * @param clock times of its stages
     * @param serviceNs from arrival to answer
     */
    public void answered(
            RequestKind requestKind, Status outcome, StageClock clock, long serviceNs) {
        end();
        if (!shouldCommit()) {
            return;
        }
        kind = requestKind.label();
        status = outcome.name();
        service = serviceNs;
        decode = ns(clock, Stage.DECODE);
        queue = ns(clock, Stage.QUEUE);
        user = ns(clock, Stage.USER);
        embed = ns(clock, Stage.EMBED);
        retrieve = ns(clock, Stage.RETRIEVE);
        rank = ns(clock, Stage.RANK);
        rerank = ns(clock, Stage.RERANK);
        encode = ns(clock, Stage.ENCODE);
        commit();
    }

    private static long ns(StageClock clock, Stage stage) {
        return Math.max(0, clock.elapsedNs(stage.index()));
    }
}
