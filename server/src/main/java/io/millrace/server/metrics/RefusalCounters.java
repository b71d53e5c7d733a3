package io.millrace.server.metrics;

import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Requests over HTTP that were refused before they became a frame, by reason.
 *
 * <p>Threading: any thread.
 */
public final class RefusalCounters {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** Makes counters at zero. */
    public RefusalCounters() {}

    /**
     * Counts a request.
     *
     * @param reason as its peer was told; one of few words, for each becomes a time series
     */
    public void count(String reason) {
        counts.computeIfAbsent(reason.toLowerCase(Locale.ROOT), word -> new LongAdder())
                .increment();
    }

    /**
     * What was refused.
     *
     * @return requests by reason, in lower case, those that happened
     */
    public SortedMap<String, Long> byReason() {
        SortedMap<String, Long> sums = new TreeMap<>();
        counts.forEach((reason, count) -> sums.put(reason, count.sum()));
        return sums;
    }
}
