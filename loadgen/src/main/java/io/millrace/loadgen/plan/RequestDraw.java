package io.millrace.loadgen.plan;

import io.millrace.client.message.RankQuery;
import io.millrace.core.HotPath;
import io.millrace.core.random.SplitRandom;
import io.millrace.loadgen.change.ChangeMix;

import java.util.Arrays;

/**
 * Draws what one request after the other asks for: the same for equal plans, as long as the moments
 * are.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class RequestDraw {
    private static final double ZIPF_EXPONENT = 0.8;
    private static final long REQUEST_STREAM = 2;
    private static final long NS_PER_MS = 1_000_000;

    private final RequestMix mix;
    private final long[] userIds;
    private final long[] traceUserIds;
    private final double[] userWeights;
    private final double[] itemWeights;
    private final double[] vectorWeights;
    private final UpsertedItems upserted;
    private final SplitRandom random;

    private long drawn;
    private int deletes;
    private RequestType type = RequestType.RECOMMEND;
    private long id;
    private int itemPlace;

    RequestDraw(LoadPlan plan) {
        LoadTrace trace = plan.trace();
        mix = plan.mix();
        userIds = plan.userIds();
        traceUserIds = trace == null ? new long[0] : trace.userIds();
        userWeights = cumulative(userIds.length, plan.popularity());
        itemWeights = cumulative(mix.itemIds().length, plan.popularity());
        vectorWeights = cumulative(mix.vectors().length, plan.popularity());
        upserted = new UpsertedItems(mix.changes().upsertItems(), plan.timeoutMs() * NS_PER_MS);
        random = SplitRandom.forStream(plan.seed(), REQUEST_STREAM);
    }

    /**
     * Draws a request.
     *
     * @param atNs when it starts, since the start of the run; not before the one drawn last
     */
    @HotPath
    void next(long atNs) {
        type = type(random.nextDouble());
        boolean deletesBrought = type == RequestType.DELETE && !mix.changes().deletesServed();
        if (deletesBrought && !upserted.canDelete(atNs)) {
            type = RequestType.UPSERT;
        }
        id =
                switch (type) {
                    case SIMILAR, UPDATE -> mix.itemIds()[draw(itemWeights)];
                    case SEARCH -> draw(vectorWeights);
                    case UPSERT -> ChangeMix.FIRST_NEW_ITEM + upserted.next(atNs);
                    case DELETE ->
                            deletesBrought
                                    ? ChangeMix.FIRST_NEW_ITEM + upserted.delete()
                                    : rarest(deletes++);
                    case RECOMMEND, RANK, FEEDBACK -> user();
                };
        itemPlace = type == RequestType.FEEDBACK ? draw(itemWeights) : 0;
        drawn++;
    }

    /** As in {@link Requests#variant}, of the request that so many were drawn before. */
    static int variant(long seed, long before) {
        return (int) (SplitRandom.mix64(seed + before) >>> (Long.SIZE - Integer.SIZE + 1));
    }

    /** Items that are asked for least go first. */
    private long rarest(int before) {
        long[] itemIds = mix.itemIds();
        return itemIds[itemIds.length - 1 - before % itemIds.length];
    }

    private long user() {
        if (traceUserIds.length > 0) {
            return traceUserIds[(int) drawn];
        }
        return userIds.length == 0 ? RankQuery.NOBODY : userIds[draw(userWeights)];
    }

    private RequestType type(double draw) {
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

    private int draw(double[] sums) {
        double point = random.nextDouble() * sums[sums.length - 1];
        int found = Arrays.binarySearch(sums, point);
        return Math.min(found < 0 ? -found - 1 : found + 1, sums.length - 1);
    }

    /** As in {@link Requests#type}, of the request drawn last. */
    RequestType type() {
        return type;
    }

    /** As in {@link Requests#id}, of the request drawn last. */
    long id() {
        return id;
    }

    /** The place of the item that feedback drawn last is about; 0 where it is none. */
    int itemPlace() {
        return itemPlace;
    }

    /** How many were drawn. */
    long drawn() {
        return drawn;
    }
}
