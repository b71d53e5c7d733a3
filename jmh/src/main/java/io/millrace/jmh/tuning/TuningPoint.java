package io.millrace.jmh.tuning;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.metrics.Figures;
import io.millrace.jmh.Median;

import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One variant of a server, as it was measured in one round or several. Times are microseconds.
 *
 * @param variant what was set.
 * @param rate answers a second in a closed loop.
 * @param service mean time in the server at the part of that which was put on it.
 * @param p50 median from the intended start at that load.
 * @param p99 99th percentile.
 * @param p999 99.9th percentile.
 * @param ndcg NDCG@10 of judged answers, NaN where none were.
 * @param residentMb memory of the server, in MiB.
 */
record TuningPoint(
        String variant,
        double rate,
        double service,
        double p50,
        double p99,
        double p999,
        double ndcg,
        double residentMb) {
    /**
     * Reads one round.
     *
     * @param variant what was set.
     * @param steps figures of {@code millrace load --steps} of one part.
     * @param load figures of {@code millrace load --admin}.
     * @throws MillraceException when a file is missing or holds something else.
     */
    static TuningPoint read(String variant, Path steps, Path load) {
        JsonNode limit = Json.read(steps, JsonNode.class);
        JsonNode figures = Json.read(load, JsonNode.class);
        return new TuningPoint(
                variant,
                figure(limit, "saturation_rate", steps),
                figure(figures, "server.service.mean_us", load),
                figure(figures, "latency.p50_us", load),
                figure(figures, "latency.p99_us", load),
                figure(figures, "latency.p999_us", load),
                limit.path("steps").path(0).path("ndcg10").asDouble(Double.NaN),
                figure(figures, "server.rss_mb", load));
    }

    private static double figure(JsonNode figures, String key, Path file) {
        JsonNode figure = figures.get(key);
        if (figure == null || !figure.isNumber()) {
            throw MillraceException.badInput(
                    "not the figures of millrace load: file=%s, missing=%s; measure it again",
                    file, key);
        }
        return figure.asDouble();
    }

    /**
     * Puts rounds together: the median of each figure.
     *
     * @param rounds of one variant, at least one.
     */
    static TuningPoint ofRounds(List<TuningPoint> rounds) {
        return new TuningPoint(
                rounds.getFirst().variant,
                median(rounds, TuningPoint::rate),
                median(rounds, TuningPoint::service),
                median(rounds, TuningPoint::p50),
                median(rounds, TuningPoint::p99),
                median(rounds, TuningPoint::p999),
                median(rounds, TuningPoint::ndcg),
                median(rounds, TuningPoint::residentMb));
    }

    private static double median(List<TuningPoint> rounds, ToDoubleFunction<TuningPoint> figure) {
        return Median.of(rounds.stream().mapToDouble(figure));
    }

    Figures figures() {
        return new Figures()
                .put("variant", variant)
                .put("saturation_rate", rate)
                .put("server.service.mean_us", service)
                .put("latency.p50_us", p50)
                .put("latency.p99_us", p99)
                .put("latency.p999_us", p999)
                .put("ndcg10", ndcg)
                .put("server.rss_mb", residentMb);
    }
}
