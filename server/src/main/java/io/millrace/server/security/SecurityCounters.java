package io.millrace.server.security;

import io.millrace.server.metrics.Gauge;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what was refused, by reason.
 *
 * <p>Threading: any thread. Allocation: none to count.
 */
public final class SecurityCounters {
    private final Map<SecurityRefusal, LongAdder> counts = new EnumMap<>(SecurityRefusal.class);

    /** All at zero. */
    SecurityCounters() {
        for (SecurityRefusal reason : SecurityRefusal.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    /**
     * Counts one.
     *
     * @param reason why
     */
    public void count(SecurityRefusal reason) {
        of(reason).increment();
    }

    /**
     * How many there were.
     *
     * @param reason why
     * @return so far
     */
    public long get(SecurityRefusal reason) {
        return of(reason).sum();
    }

    private LongAdder of(SecurityRefusal reason) {
        return Objects.requireNonNull(counts.get(reason), "made for every reason");
    }

    List<Gauge> gauges() {
        List<Gauge> gauges = new ArrayList<>();
        for (SecurityRefusal reason : SecurityRefusal.values()) {
            gauges.add(
                    new Gauge(
                            "security_refusals_total",
                            "reason=\"" + reason.label() + "\"",
                            "Connections and tokens refused, by reason.",
                            (double) get(reason)));
        }
        return gauges;
    }
}
