package io.millrace.loadgen.plan;

import io.millrace.client.message.RankQuery;
import io.millrace.core.random.SplitRandom;
import io.millrace.loadgen.change.ChangeMix;

import java.util.Arrays;

/**
 * When each request of a plan is meant to start and what it asks for; all of it is known before the
 * first is sent, so that a slow server can't thin out its own load.
 *
 * <p>Threading: immutable. Allocation: 20 bytes a request, 24 with feedback.
 */
public final class LoadSchedule {
    private static final double NS_PER_SECOND = 1e9;
    private static final long NS_PER_MS = 1_000_000;
    private static final double ZIPF_EXPONENT = 0.8;
    private static final long ARRIVAL_STREAM = 1;
    private static final long REQUEST_STREAM = 2;

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
        SplitRandom random = SplitRandom.forStream(plan.seed(), REQUEST_STREAM);
        RequestMix mix = plan.mix();
        double[] userWeights = cumulative(plan.userIds().length, plan.popularity());
        this.itemIds = mix.itemIds();
        this.items = new int[mix.changes().feedbackShare() > 0 ? ids.length : 0];
        UpsertedItems upserted =
                new UpsertedItems(mix.changes().upsertItems(), plan.timeoutMs() * NS_PER_MS);
        int deletes = 0;
        double[] itemWeights = cumulative(itemIds.length, plan.popularity());
        double[] vectorWeights = cumulative(mix.vectors().length, plan.popularity());
        for (int i = 0; i < ids.length; i++) {
            types[i] = type(mix, random.nextDouble());
            boolean deletesBrought =
                    types[i] == RequestType.DELETE && !mix.changes().deletesServed();
            if (deletesBrought && !upserted.canDelete(intendedNs[i])) {
                types[i] = RequestType.UPSERT;
            }
            ids[i] =
                    switch (types[i]) {
                        case SIMILAR, UPDATE -> itemIds[draw(itemWeights, random)];
                        case SEARCH -> draw(vectorWeights, random);
                        case UPSERT -> ChangeMix.FIRST_NEW_ITEM + upserted.next(intendedNs[i]);
                        case DELETE ->
                                deletesBrought
                                        ? ChangeMix.FIRST_NEW_ITEM + upserted.delete()
                                        : rarest(deletes++);
                        case RECOMMEND, RANK, FEEDBACK ->
                                trace == null
                                        ? user(plan, userWeights, random)
                                        : trace.userIds()[i];
                    };
            if (types[i] == RequestType.FEEDBACK) {
                items[i] = draw(itemWeights, random);
            }
        }
    }

    /** Items that are asked for least go first. */
    private long rarest(int deletes) {
        return itemIds[itemIds.length - 1 - deletes % itemIds.length];
    }

    private static long user(LoadPlan plan, double[] weights, SplitRandom random) {
        return plan.userIds().length == 0
                ? RankQuery.NOBODY
                : plan.userIds()[draw(weights, random)];
    }

    private static RequestType type(RequestMix mix, double draw) {
        double ranked = mix.similarShare() + mix.rankShare();
        if (draw < mix.similarShare()) {
            return RequestType.SIMILAR;
        }
        if (draw < ranked) {
            return RequestType.RANK;
        }
        double asked = ranked + mix.searchShare();
        if (draw < asked) {
            return RequestType.SEARCH;
        }
        ChangeMix changes = mix.changes();
        double told = asked + changes.feedbackShare();
        if (draw < told) {
            return RequestType.FEEDBACK;
        }
        double updated = told + changes.updateShare();
        if (draw < updated) {
            return RequestType.UPDATE;
        }
        double brought = updated + changes.upsertShare();
        if (draw < brought) {
            return RequestType.UPSERT;
        }
        return draw < brought + changes.deleteShare() ? RequestType.DELETE : RequestType.RECOMMEND;
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

    private static double[] cumulative(int count, Popularity popularity) {
        double[] sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum +=
                    switch (popularity) {
                        case UNIFORM -> 1;
                        case ZIPF -> StrictMath.pow(i + 1, -ZIPF_EXPONENT);
                    };
            sums[i] = sum;
        }
        return sums;
    }

    private static int draw(double[] sums, SplitRandom random) {
        double point = random.nextDouble() * sums[sums.length - 1];
        int found = Arrays.binarySearch(sums, point);
        return Math.min(found < 0 ? -found - 1 : found + 1, sums.length - 1);
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

    /** What a request asks for, or changes. */
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

    /** A number, not negative, that says which candidates, features or event a request has. */
    public int variant(int request) {
        return (int) (SplitRandom.mix64(seed + request) >>> (Long.SIZE - Integer.SIZE + 1));
    }

    /** The place of the vector of a search, the user of feedback, else who or what it is about. */
    public long id(int request) {
        return ids[request];
    }

    /** The item that feedback is about. */
    public long itemId(int request) {
        return itemIds[items[request]];
    }
}
