package io.millrace.loadgen.plan;

import io.millrace.core.HotPath;

/**
 * The requests of a closed loop: as many places as there are requests under way, each drawn anew
 * when a request is sent. Of equal plans the requests are the same, in the order they are sent;
 * which items are deleted follows the time as well.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class ClosedRequests implements Requests {
    private final RequestDraw draw;
    private final long seed;
    private final long[] knownItemIds;
    private final RequestType[] types;
    private final long[] ids;
    private final long[] itemIds;
    private final int[] variants;

    /** Draws nothing yet. */
    public ClosedRequests(LoadPlan plan) {
        draw = new RequestDraw(plan);
        seed = plan.seed();
        knownItemIds = plan.mix().itemIds();
        types = new RequestType[plan.underWay()];
        ids = new long[plan.underWay()];
        itemIds = new long[plan.underWay()];
        variants = new int[plan.underWay()];
    }

    /**
     * Draws the next request.
     *
     * @param place of it; the request that was there before is over
     * @param atNs when it is sent, since the start of the run
     */
    @HotPath
    public void draw(int place, long atNs) {
        variants[place] = RequestDraw.variant(seed, draw.drawn());
        draw.next(atNs);
        types[place] = draw.type();
        ids[place] = draw.id();
        if (types[place] == RequestType.FEEDBACK) {
            itemIds[place] = knownItemIds[draw.itemPlace()];
        }
    }

    @Override
    public RequestType type(int request) {
        return types[request];
    }

    @Override
    public long id(int request) {
        return ids[request];
    }

    @Override
    public long itemId(int request) {
        return itemIds[request];
    }

    @Override
    public int variant(int request) {
        return variants[request];
    }
}
