package io.millrace.server.metrics;

import io.millrace.core.HotPath;
import io.millrace.server.request.Refusal;

/**
 * What one event loop counts.
 *
 * <p>Threading: the event loop writes, any thread reads. Allocation: none.
 */
@HotPath
public final class LaneMetrics {
    private final OutcomeCounters outcomes = new OutcomeCounters();
    private final CounterArray refusals = new CounterArray(Refusal.count());
    private final Counter accepted = new Counter();
    private final Counter closed = new Counter();
    private final Counter refused = new Counter();
    private final Counter pauses = new Counter();
    private final Counter unread = new Counter();
    private final Counter slowReaders = new Counter();
    private final Counter inFlight = new Counter();

    LaneMetrics() {}

    /**
     * Requests that the event loop answered itself.
     *
     * @return by kind and status
     */
    public OutcomeCounters outcomes() {
        return outcomes;
    }

    /**
     * Counts a request or a connection that the event loop refused.
     *
     * @param why as its peer was told
     */
    public void refused(Refusal why) {
        refusals.increment(why.index());
    }

    long count(Refusal why) {
        return refusals.get(why.index());
    }

    /**
     * Connections accepted.
     *
     * @return to count
     */
    public Counter accepted() {
        return accepted;
    }

    /**
     * Connections closed.
     *
     * @return to count
     */
    public Counter closed() {
        return closed;
    }

    /**
     * Connections refused because there were too many.
     *
     * @return to count
     */
    public Counter refused() {
        return refused;
    }

    /**
     * Times that a connection was not read from because its peer did not read or asked too much.
     *
     * @return to count
     */
    public Counter pauses() {
        return pauses;
    }

    /**
     * Answers whose caller was gone.
     *
     * @return to count
     */
    public Counter unread() {
        return unread;
    }

    /**
     * Connections closed because their peer did not read its answers.
     *
     * @return to count
     */
    public Counter slowReaders() {
        return slowReaders;
    }

    /**
     * Requests handed to workers and not yet answered.
     *
     * @return to count up and down
     */
    public Counter inFlight() {
        return inFlight;
    }
}
