package io.millrace.loadgen.report;

/**
 * What became of the requests of a run, warm-up excluded: {@code planned = answered + refused +
 * timeouts + lost + failed}.
 *
 * @param planned requests of the plan; in a closed loop those that were sent.
 * @param sent handed to a connection.
 * @param answered with status OK.
 * @param refused because the server was overloaded, shutting down, past its deadline or took no
 *     changes.
 * @param timeouts not answered in time.
 * @param lost because their connection ended, or never sent because none was left or the time was
 *     over.
 * @param failed answered with any other status.
 * @param degraded of those answered, how many with something given up.
 * @param malformed of those answered, how many made no sense.
 * @param late answers that came after their request had timed out.
 * @param lateDispatches sent more than a millisecond after their intended start.
 */
public record LoadCounts(
        long planned,
        long sent,
        long answered,
        long refused,
        long timeouts,
        long lost,
        long failed,
        long degraded,
        long malformed,
        long late,
        long lateDispatches) {
    /**
     * Requests that ended badly.
     *
     * @return timeouts, lost and failed together.
     */
    public long errors() {
        return timeouts + lost + failed;
    }
}
