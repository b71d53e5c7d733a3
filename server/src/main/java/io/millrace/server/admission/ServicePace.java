package io.millrace.server.admission;

import io.millrace.core.HotPath;
import io.millrace.server.request.Lever;
import io.millrace.server.request.RequestKind;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long requests take a worker, by kind and by the level of what is given up, learnt from what
 * they took lately. A level that was not tried yet is taken to be somewhat quicker than the one
 * before it. One whose time was last seen long ago is taken for quicker and quicker, until it is
 * tried again.
 *
 * <p>Threading: the worker, but for {@link #shortestNs}. Allocation: only in the constructor.
 */
@HotPath
public final class ServicePace {
    /** Part that the newest time has in what is learnt. */
    private static final double NEWEST_SHARE = 1 / 16.0;

    /** How many times what was learnt a time counts at most: a stall of the machine is no pace. */
    private static final double MOST_GROWTH = 4;

    /** What a level takes of the time of the one before, as long as nothing is known of it. */
    private static final double UNTRIED_SHARE = 0.75;

    /** After being passed over so often, a level is taken to cost no more than the last one. */
    private static final int FORGOTTEN_AFTER = 1_024;

    /** By kind and level; 0 where nothing is known. */
    private final double[] learntNs = new double[RequestKind.count() * Lever.levels()];

    private final int[] passedOver = new int[learntNs.length];
    private final AtomicLongArray shortestNs = new AtomicLongArray(RequestKind.count());

    /** Makes a pace of which nothing is known. */
    public ServicePace() {}

    /**
     * Notes what a request took.
     *
     * @param kind of the request
     * @param level at which it was answered
     * @param ns how long
     */
    public void took(RequestKind kind, int level, long ns) {
        int at = at(kind, level);
        double learnt = learntNs[at];
        double newest = (double) Math.max(1, ns);
        learntNs[at] =
                learnt == 0
                        ? newest
                        : learnt + NEWEST_SHARE * (Math.min(newest, MOST_GROWTH * learnt) - learnt);
        passedOver[at] = 0;
        shortestNs.setRelease(kind.index(), (long) knownNs(kind, Lever.levels() - 1));
    }

    /**
     * Notes that a request of that kind was not given the level for want of time.
     *
     * @param kind of the request
     * @param level too slow
     */
    public void passedOver(RequestKind kind, int level) {
        passedOver[at(kind, level)]++;
    }

    /**
     * How long a request will take.
     *
     * @param kind of the request
     * @param level 0 to {@link Lever#levels()} - 1
     * @return nanoseconds; 0 before any request of that kind was answered
     */
    public long expectedNs(RequestKind kind, int level) {
        double known = knownNs(kind, level);
        int passes = passedOver[at(kind, level)];
        if (passes == 0) {
            return (long) known;
        }
        double least = Math.min(known, knownNs(kind, Lever.levels() - 1));
        double forgotten = Math.min(1, (double) passes / FORGOTTEN_AFTER);
        return (long) (known - forgotten * (known - least));
    }

    private double knownNs(RequestKind kind, int level) {
        double share = 1;
        for (int from = level; from >= 0; from--) {
            double learnt = learntNs[at(kind, from)];
            if (learnt > 0) {
                return learnt * share;
            }
            share *= UNTRIED_SHARE;
        }
        // None that does more was tried: this one does not take less than one that does less.
        for (int from = level + 1; from < Lever.levels(); from++) {
            double learnt = learntNs[at(kind, from)];
            if (learnt > 0) {
                return learnt;
            }
        }
        return 0;
    }

    /**
     * How long a request takes that is given up as much of as can be; any thread may ask.
     *
     * @param kind of the request
     * @return nanoseconds; 0 before any request of that kind was answered
     */
    public long shortestNs(RequestKind kind) {
        return shortestNs.getAcquire(kind.index());
    }

    private static int at(RequestKind kind, int level) {
        return kind.index() * Lever.levels() + level;
    }
}
