package io.millrace.loadgen.plan;

import io.millrace.core.random.SplitRandom;

import java.util.Arrays;

/**
 * When each request of an open loop is meant to start and what it asks for; all of it is known
 * before the first is sent, so that a slow server can't thin out its own load.
 *
 * <p>Threading: immutable. Allocation: 20 bytes a request, 24 with feedback.
 */
public final class LoadSchedule implements Requests {
    private static final double NS_PER_SECOND = 1e9;
    private static final long NS_PER_MS = 1_000_000;
    private static final long ARRIVAL_STREAM = 1;

    private final long[] intendedNs;
    private final long[] ids;
    private final int[] items;
    private final long[] itemIds;
    private final RequestType[] types;
    private final long seed;
    private final int warmups;

    /** Draws all requests of a plan. */
    public LoadSchedule(LoadPlan plan) {
        LoadTrace trace = plan.trace();
        this.intendedNs = trace == null ? arrivals(plan) : trace.startsNs();
        long warmupNs = plan.warmupMs() * NS_PER_MS;
        int first = 0;
        while (first < intendedNs.length && intendedNs[first] < warmupNs) {
            first++;
        }
        this.warmups = first;
        this.ids = new long[intendedNs.length];
        this.types = new RequestType[intendedNs.length];
        this.seed = plan.seed();
        this.itemIds = plan.mix().itemIds();
        this.items = new int[plan.mix().changes().feedbackShare() > 0 ? ids.length : 0];
        RequestDraw draw = new RequestDraw(plan);
        for (int i = 0; i < ids.length; i++) {
            draw.next(intendedNs[i]);
            types[i] = draw.type();
            ids[i] = draw.id();
            if (types[i] == RequestType.FEEDBACK) {
                items[i] = draw.itemPlace();
            }
        }
    }

    private static long[] arrivals(LoadPlan plan) {
        RateCurve curve = new RateCurve(plan);
        SplitRandom random = SplitRandom.forStream(plan.seed(), ARRIVAL_STREAM);
        long[] times = new long[(int) curve.requests() + 16];
        int count = 0;
        double requests = 0;
        double seconds = curve.secondsOf(0);
        while (seconds < Double.POSITIVE_INFINITY) {
            if (count == times.length) {
                times = Arrays.copyOf(times, count + count / 8 + 16);
            }
            times[count++] = (long) (seconds * NS_PER_SECOND);
            requests +=
                    switch (plan.arrival()) {
                        case CONSTANT -> 1;
                        case POISSON -> -StrictMath.log(1 - random.nextDouble());
                    };
            seconds = curve.secondsOf(requests);
        }
        return Arrays.copyOf(times, count);
    }

    /** How many requests there are, those of the warm-up with them. */
    public int count() {
        return intendedNs.length;
    }

    /** Requests of the warm-up; they come first. */
    public int warmups() {
        return warmups;
    }

    /** Since the start of the run. */
    public long intendedNs(int request) {
        return intendedNs[request];
    }

    /** When the last one is meant to start, since the start of the run. */
    public long lastIntendedNs() {
        return intendedNs[intendedNs.length - 1];
    }

    @Override
    public RequestType type(int request) {
        return types[request];
    }

    /** How many requests of a type are measured. */
    public long measured(RequestType type) {
        long count = 0;
        for (int i = warmups; i < types.length; i++) {
            if (types[i] == type) {
                count++;
            }
        }
        return count;
    }

    @Override
    public int variant(int request) {
        return RequestDraw.variant(seed, request);
    }

    @Override
    public long id(int request) {
        return ids[request];
    }

    @Override
    public long itemId(int request) {
        return itemIds[items[request]];
    }
}
