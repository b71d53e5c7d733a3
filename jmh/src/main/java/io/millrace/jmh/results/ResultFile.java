package io.millrace.jmh.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the file that JMH writes with {@code -rf json}. */
final class ResultFile {
    private ResultFile() {}

    /**
     * Reads a file.
     *
     * @param path the file.
     * @return the benchmarks in its order; never none.
     * @throws MillraceException BAD_INPUT when it can't be read or holds no such results.
     */
    static List<BenchmarkScore> read(Path path) {
        JsonNode results;
        try {
            results = new ObjectMapper().readTree(path.toFile());
        } catch (IOException e) {
            throw new MillraceException(
                    ErrorCode.BAD_INPUT,
                    "cannot read results: file=" + path + "; give a file of jmh -rf json",
                    e);
        }
        List<BenchmarkScore> scores = new ArrayList<>();
        if (results != null && results.isArray()) {
            results.forEach(result -> scores.add(score(path, result)));
        }
        if (scores.isEmpty()) {
            throw MillraceException.badInput(
                    "no results in the file: file=%s; give a file of jmh -rf json", path);
        }
        return scores;
    }

    private static BenchmarkScore score(Path path, JsonNode result) {
        JsonNode metric = result.path("primaryMetric");
        if (!result.path("benchmark").isTextual() || !metric.path("rawData").isArray()) {
            throw MillraceException.badInput(
                    "not a result of jmh: file=%s, benchmark=%s; give a file of jmh -rf json",
                    path, result.path("benchmark"));
        }
        Map<String, String> parameters = new HashMap<>();
        result.path("params")
                .properties()
                .forEach(each -> parameters.put(each.getKey(), each.getValue().asText()));
        List<List<Double>> forks = new ArrayList<>();
        for (JsonNode fork : metric.path("rawData")) {
            List<Double> iterations = new ArrayList<>();
            fork.forEach(each -> iterations.add(each.asDouble()));
            forks.add(iterations);
        }
        String benchmark = result.path("benchmark").asText();
        int method = benchmark.lastIndexOf('.');
        return new BenchmarkScore(
                benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1),
                parameters,
                result.path("mode").asText(),
                metric.path("scoreUnit").asText(),
                forks);
    }
}
