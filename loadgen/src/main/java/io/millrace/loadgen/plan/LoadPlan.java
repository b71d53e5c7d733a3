package io.millrace.loadgen.plan;

import io.millrace.client.connection.ClientSecurity;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * What load to put on a server: where, how much, for how long, and what to ask. Equal plans ask for
 * the same ids at the same moments after their start.
 *
 * <p>Threading: immutable, as long as nobody writes to the arrays.
 *
 * @param host of the server.
 * @param port of the server's wire protocol.
 * @param connections the requests are dealt to in turn.
 * @param underWay how many requests a closed loop always has under way; 0 for an open loop, whose
 *     requests start by rate, shape, arrival and trace.
 * @param ratePerSecond requests a second: all the time, in the mean or at the end, as the shape
 *     says.
 * @param shape how the rate changes.
 * @param warmupMs how long to load before anything is counted.
 * @param durationMs how long to load and count.
 * @param arrival how the start times follow each other.
 * @param timeoutMs after its intended start a request that is not answered is an error.
 * @param deadlineUs time the server is given for a request; 0: none.
 * @param k items asked for.
 * @param timestampMs sent with every recommend request, since 1970 UTC; 0: now.
 * @param userIds to ask for.
 * @param popularity how often each id is asked for.
 * @param mix what is asked for beside recommendations.
 * @param trace when requests start and for which users, instead of what rate, shape, arrival, users
 *     and popularity say; null where those do.
 * @param seed of everything random.
 * @param sampledAnswers how many answers to keep, the first of as many distinct users, and of as
 *     many distinct vectors.
 * @param priority of the thread that sends.
 * @param security how the server is known, and knows the load.
 * @param hiccupLog where to write the log of the hiccup meter, or null.
 * @param intervalLog where to write latency by second as an HdrHistogram log, or null.
 */
@SuppressWarnings("ArrayRecordComponent") // Plans are handed on, never compared.
public record LoadPlan(
        String host,
        int port,
        int connections,
        int underWay,
        double ratePerSecond,
        RateShape shape,
        long warmupMs,
        long durationMs,
        Arrival arrival,
        int timeoutMs,
        int deadlineUs,
        int k,
        long timestampMs,
        long[] userIds,
        Popularity popularity,
        RequestMix mix,
        @Nullable LoadTrace trace,
        long seed,
        int sampledAnswers,
        SendPriority priority,
        ClientSecurity security,
        @Nullable Path hiccupLog,
        @Nullable Path intervalLog) {
    /**
     * The most requests a plan may have, warm-up included: each holds 29 bytes, with feedback 33.
     */
    public static final int MAX_REQUESTS = 20_000_000;

    /** The most connections. */
    public static final int MAX_CONNECTIONS = 16_384;

    /** The most requests a second. */
    static final double MAX_RATE = 5_000_000;

    private static final long MAX_DURATION_MS = 24L * 3_600_000;
    private static final int MAX_TIMEOUT_MS = 600_000;
    private static final int MAX_SAMPLED_ANSWERS = 1_000_000;
    private static final double MS_PER_SECOND = 1_000;

    /** Checks every value. */
    public LoadPlan {
        require("port", port, 1, 65_535);
        require("connections", connections, 1, MAX_CONNECTIONS);
        require("warmupMs", warmupMs, 0, MAX_DURATION_MS);
        require("durationMs", durationMs, 1, MAX_DURATION_MS);
        require("timeoutMs", timeoutMs, 1, MAX_TIMEOUT_MS);
        require("deadlineUs", deadlineUs, 0, Integer.MAX_VALUE);
        require("k", k, 1, WireLimits.MAX_GROUP_COUNT);
        require("timestampMs", timestampMs, 0, Long.MAX_VALUE);
        require("sampledAnswers", sampledAnswers, 0, MAX_SAMPLED_ANSWERS);
        if (host.isBlank()) {
            throw MillraceException.usage("no host: host is empty; name the server's host");
        }
        if (mix.needsUsers() && userIds.length == 0 && trace == null) {
            throw MillraceException.usage("no users to ask for: give user ids");
        }
        require("underWay", underWay, 0, Integer.MAX_VALUE);
        if (underWay == 0) {
            validateRate(ratePerSecond, shape, warmupMs, durationMs);
        } else {
            ClosedLoop.validate(underWay, connections);
            if (trace != null || !shape.equals(RateShape.STEADY)) {
                throw MillraceException.usage(
                        "a closed loop has no plan: underWay=%d; leave trace and shape out",
                        underWay);
            }
        }
    }

    private static void validateRate(
            double ratePerSecond, RateShape shape, long warmupMs, long durationMs) {
        if (!(ratePerSecond > 0 && ratePerSecond <= MAX_RATE)) {
            throw MillraceException.usage(
                    "out of range: ratePerSecond=%s, limit=above 0 to %.0f",
                    ratePerSecond, MAX_RATE);
        }
        double mostPerSecond = ratePerSecond;
        if (shape instanceof RateShape.Ramp(double from)) {
            mostPerSecond = Math.max(from, ratePerSecond);
        }
        double requests = mostPerSecond * (warmupMs + durationMs) / MS_PER_SECOND;
        if (requests > MAX_REQUESTS) {
            throw MillraceException.usage(
                    "too many requests: requests=%.0f, limit=%d; lower the rate or the duration",
                    requests, MAX_REQUESTS);
        }
        if (ratePerSecond * durationMs / MS_PER_SECOND < 1) {
            throw MillraceException.usage(
                    "no request would be sent: ratePerSecond=%s, durationMs=%d; raise either",
                    ratePerSecond, durationMs);
        }
    }

    /**
     * Whether answers send its requests, not a plan of their times.
     *
     * @return true of a closed loop.
     */
    public boolean isClosedLoop() {
        return underWay > 0;
    }

    static void require(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw MillraceException.usage(
                    "out of range: %s=%d, limit=%d to %d", name, value, min, max);
        }
    }

    /**
     * Begins a plan: 4 connections, 1,000 requests a second at constant distances for 10 s after 2
     * s of warm-up, 10 items each for users by Zipf's law, 1 s timeout, seed 1.
     *
     * @param host of the server.
     * @param port of the server's wire protocol.
     * @param userIds to ask for.
     * @return a builder to change the rest with.
     */
    public static LoadPlanBuilder to(String host, int port, long[] userIds) {
        return new LoadPlanBuilder(host, port, userIds);
    }
}
