package io.millrace.loadgen.plan;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

import io.millrace.client.connection.ClientSecurity;
import io.millrace.client.message.RankColumns;
import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.change.ChangeMix;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/** Collects the values of a plan. Threading: one thread. */
public final class LoadPlanBuilder {
    private static final double MS_PER_SECOND = 1_000;

    private final String host;
    private final int port;
    private final long[] userIds;
    private int connections = 4;
    private int underWay;
    private double ratePerSecond = 1_000;
    private RateShape shape = RateShape.STEADY;
    private long warmupMs = 2_000;
    private long durationMs = 10_000;
    private Arrival arrival = Arrival.CONSTANT;
    private int timeoutMs = 1_000;
    private int deadlineUs;
    private int k = 10;
    private long timestampMs;
    private Popularity popularity = Popularity.ZIPF;
    private RequestMix mix = RequestMix.RECOMMENDATIONS;
    private @Nullable LoadTrace trace;
    private long seed = 1;
    private SendPriority priority = SendPriority.REALTIME;
    private ClientSecurity security = ClientSecurity.NONE;
    private int sampledAnswers;
    private @Nullable Path hiccupLog;
    private @Nullable Path intervalLog;

    LoadPlanBuilder(String host, int port, long[] userIds) {
        this.host = host;
        this.port = port;
        this.userIds = userIds.clone();
    }

    /**
     * How many connections to open.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder connections(int value) {
        connections = value;
        return this;
    }

    /**
     * Makes it a closed loop, each of whose answers sends the next request; its rate is not looked
     * at.
     *
     * @param value how many requests are always under way; 0 for an open loop.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder closedLoop(int value) {
        underWay = value;
        return this;
    }

    /**
     * How many requests to send a second.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder ratePerSecond(double value) {
        ratePerSecond = value;
        return this;
    }

    /**
     * How the rate changes.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder shape(RateShape value) {
        shape = value;
        return this;
    }

    /**
     * How long to load before anything is counted.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder warmupMs(long value) {
        warmupMs = value;
        return this;
    }

    /**
     * How long to load and count.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder durationMs(long value) {
        durationMs = value;
        return this;
    }

    /**
     * How the start times follow each other.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder arrival(Arrival value) {
        arrival = value;
        return this;
    }

    /**
     * When a request that is not answered is an error.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder timeoutMs(int value) {
        timeoutMs = value;
        return this;
    }

    /**
     * How much time the server is given; 0: any.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder deadlineUs(int value) {
        deadlineUs = value;
        return this;
    }

    /**
     * How many items to ask for.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder k(int value) {
        k = value;
        return this;
    }

    /**
     * What time to send with recommend requests; 0: now.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder timestampMs(long value) {
        timestampMs = value;
        return this;
    }

    /**
     * How often each id is asked for.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder popularity(Popularity value) {
        popularity = value;
        return this;
    }

    /**
     * What everything random comes from.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * How many answers to keep.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder sampledAnswers(int value) {
        sampledAnswers = value;
        return this;
    }

    /**
     * Where to write the hiccup meter's log.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder hiccupLog(@Nullable Path value) {
        hiccupLog = value;
        return this;
    }

    /**
     * Where to write latency by second.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder intervalLog(@Nullable Path value) {
        intervalLog = value;
        return this;
    }

    /**
     * What is asked for and changed, all at once.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder mix(RequestMix value) {
        mix = value;
        return this;
    }

    /**
     * Mixes in requests for similar items.
     *
     * @param share of all requests, 0 to 1.
     * @param ids of the items to ask for.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder similar(double share, long[] ids) {
        mix = mix.withSimilar(share, ids);
        return this;
    }

    /**
     * Has some of the requests that recommend, find similar items or search bring a filter.
     *
     * @param value the filters, and how many do.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder filters(RequestFilters value) {
        mix = mix.withFilters(value);
        return this;
    }

    /**
     * Mixes in requests for the order of some of the items that {@link #similar} names.
     *
     * @param share of all requests, 0 to 1.
     * @param candidates how many items each names.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder rank(double share, int candidates) {
        return rank(share, candidates, null);
    }

    /**
     * Mixes in requests for the order of some candidates.
     *
     * @param share of all requests, 0 to 1.
     * @param candidates how many each names.
     * @param columns features they bring, made up; null for items that {@link #similar} names.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder rank(double share, int candidates, @Nullable RankColumns columns) {
        mix = mix.withRank(share, candidates, columns);
        return this;
    }

    /**
     * Mixes in requests for the items nearest to a vector.
     *
     * @param share of all requests, 0 to 1.
     * @param vectors to search for.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder search(double share, float[][] vectors) {
        mix = mix.withSearch(share, vectors);
        return this;
    }

    /**
     * Mixes in feedback, updates and upserts; items that they are about but for upserted ones are
     * those that {@link #similar} names.
     *
     * @param value what is changed.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder changes(ChangeMix value) {
        mix = mix.withChanges(value);
        return this;
    }

    /**
     * Has requests start when recorded ones did, for the same users, and takes as long.
     *
     * @param value the trace.
     * @param warmup how long to load before anything is counted, in milliseconds, less than the
     *     trace takes.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder trace(LoadTrace value, long warmup) {
        trace = value;
        ratePerSecond = value.ratePerSecond();
        warmupMs = warmup;
        // The last request is within the time, not at its end.
        durationMs = (long) Math.ceil(value.seconds() * MS_PER_SECOND) + 1 - warmup;
        return this;
    }

    /**
     * How soon the thread that sends gets a processor.
     *
     * @param value the new value.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder priority(SendPriority value) {
        priority = value;
        return this;
    }

    /**
     * Sets how the server is known, and knows the load.
     *
     * @param value {@link ClientSecurity#NONE} unless told otherwise.
     * @return this builder.
     */
    @CanIgnoreReturnValue
    public LoadPlanBuilder security(ClientSecurity value) {
        security = value;
        return this;
    }

    /**
     * Makes the plan.
     *
     * @return the plan.
     * @throws MillraceException USAGE naming the value that is out of range.
     */
    public LoadPlan build() {
        return new LoadPlan(
                host,
                port,
                connections,
                underWay,
                ratePerSecond,
                shape,
                warmupMs,
                durationMs,
                arrival,
                timeoutMs,
                deadlineUs,
                k,
                timestampMs,
                userIds,
                popularity,
                mix,
                trace,
                seed,
                sampledAnswers,
                priority,
                security,
                hiccupLog,
                intervalLog);
    }
}
