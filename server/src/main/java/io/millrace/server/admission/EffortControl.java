package io.millrace.server.admission;

import io.millrace.core.HotPath;
import io.millrace.server.request.Lever;
import io.millrace.server.request.RequestKind;

/**
 * Chooses how much of the usual effort a request is given: as much as the time to spare allows,
 * divided evenly among those that wait. So effort falls while the queue grows, long before requests
 * have to be refused; where nothing is to spare, as much is given up as can be.
 *
 * <p>Threading: one worker. Allocation: none.
 */
@HotPath
public final class EffortControl {
    private final ServicePace pace;

    /**
     * A controller.
     *
     * @param pace what requests take
     */
    public EffortControl(ServicePace pace) {
        this.pace = pace;
    }

    /**
     * Chooses a level.
     *
     * @param kind of the request that begins
     * @param spareNs how much later it may begin with all that wait still in time, see {@link
     *     Backlog#spareNs}
     * @param waiting how many requests wait behind it
     * @return 0 where nothing is to be given up, at most {@link Lever#levels()} - 1
     */
    public int level(RequestKind kind, long spareNs, int waiting) {
        int last = Lever.levels() - 1;
        if (spareNs == Backlog.ANY_TIME) {
            return 0;
        }
        if (spareNs < 0) {
            return last;
        }
        long ownNs = pace.shortestNs(kind) + spareNs / (waiting + 1);
        int level = 0;
        while (level < last && pace.expectedNs(kind, level) > ownNs) {
            pace.passedOver(kind, level++);
        }
        return level;
    }
}
