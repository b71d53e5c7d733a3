package io.millrace.jmh.growth;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.metrics.Figures;
import io.millrace.jmh.peers.RecallCurve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One size and layout, as {@code millrace ann bench --json} measured it in one round or several.
 *
 * @param layout how rows are kept.
 * @param rows how many.
 * @param dimension numbers per row.
 * @param queries how many queries were measured.
 * @param k neighbours asked for.
 * @param buildSeconds wall time of the build.
 * @param bytesPerVector memory of rows and links, a row.
 * @param curve speed over recall.
 */
record GrowthPoint(
        String layout,
        int rows,
        int dimension,
        int queries,
        int k,
        double buildSeconds,
        double bytesPerVector,
        RecallCurve curve) {

    /**
     * Reads the figures of one run.
     *
     * @param layout what it was run with.
     * @throws MillraceException when the file is missing or holds something else.
     */
    static GrowthPoint read(String layout, Path file) {
        JsonNode figures = Json.read(file, JsonNode.class);
        List<RecallCurve.Point> points = new ArrayList<>();
        for (JsonNode run : figure(figures, "runs", file)) {
            points.add(
                    new RecallCurve.Point(
                            figure(run, "ef", file).asInt(),
                            figure(run, "recall", file).asDouble(),
                            figure(run, "qps", file).asDouble()));
        }
        return new GrowthPoint(
                layout,
                figure(figures, "vectors", file).asInt(),
                figure(figures, "dimension", file).asInt(),
                figure(figures, "queries", file).asInt(),
                figure(figures, "k", file).asInt(),
                figure(figures, "build_seconds", file).asDouble(),
                figure(figures, "bytes_per_vector", file).asDouble(),
                new RecallCurve(points));
    }

    /**
     * Puts rounds together: medians of the speeds, and the time of the round that built the index.
     *
     * @param rounds of one size and layout, at least one.
     */
    static GrowthPoint ofRounds(List<GrowthPoint> rounds) {
        GrowthPoint any = rounds.getFirst();
        return new GrowthPoint(
                any.layout,
                any.rows,
                any.dimension,
                any.queries,
                any.k,
                rounds.stream().mapToDouble(GrowthPoint::buildSeconds).max().orElseThrow(),
                any.bytesPerVector,
                RecallCurve.ofRounds(
                        rounds.stream().flatMap(round -> round.curve.points().stream()).toList()));
    }

    private static JsonNode figure(JsonNode figures, String key, Path file) {
        JsonNode figure = figures.get(key);
        if (figure == null || figure.isNull()) {
            throw MillraceException.badInput(
                    "not the figures of millrace ann bench: file=%s, missing=%s; give its --json",
                    file, key);
        }
        return figure;
    }

    /** Between the measured points around a recall, NaN where there are none. */
    double queriesPerSecondAt(double recall) {
        return curve.speedAt(recall).orElse(Double.NaN);
    }

    /** Effort for a recall, between the same points. */
    double effortAt(double recall) {
        return curve.effortAt(recall).orElse(Double.NaN);
    }

    Figures figures(double recall) {
        return new Figures()
                .put("layout", layout)
                .put("rows", rows)
                .put("dimension", dimension)
                .put("queries", queries)
                .put("build_seconds", buildSeconds)
                .put("bytes_per_vector", bytesPerVector)
                .put("qps", queriesPerSecondAt(recall))
                .put("ef", effortAt(recall))
                .put("spread", curve.spread().orElse(Double.NaN));
    }
}
