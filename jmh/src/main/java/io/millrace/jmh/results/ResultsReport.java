package io.millrace.jmh.results;

import static java.util.stream.Collectors.toMap;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.jmh.Commands;
import io.millrace.jmh.peers.Machine;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Says what a run of the benchmarks measured, or how it compares with a run before: a table, and a
 * picture beside the results.
 */
@Command(name = "results")
public final class ResultsReport implements Callable<Integer> {
    @Option(names = "--run", required = true)
    private Path run;

    @Option(names = "--baseline")
    private @Nullable Path baseline;

    @Option(names = "--tolerance")
    private double tolerance = 0.05;

    @Option(names = "--picture")
    private @Nullable Path picture;

    @Option(names = "--commit")
    private String commit = "unknown";

    private final PrintWriter results;

    private ResultsReport(PrintWriter results) {
        this.results = results;
    }

    /**
     * Reports, and ends with code 0; with 1 where a benchmark is surely slower than in the baseline
     * or something failed, with 2 where the options make no sense.
     *
     * @param words the options: {@code --run FILE}, and {@code --baseline FILE}, {@code
     *     --tolerance}, {@code --picture} and {@code --commit}.
     */
    public static void main(String[] words) {
        Commands.main(ResultsReport::run, words);
    }

    /**
     * Reports.
     *
     * @param results for the table.
     * @param errors for errors.
     * @return the exit code.
     */
    static int run(PrintWriter results, PrintWriter errors, String... words) {
        return Commands.run("results", "jmh/run.sh", new ResultsReport(results), errors, words);
    }

    @Override
    public Integer call() {
        if (!(tolerance >= 0 && tolerance < 1)) {
            throw MillraceException.usage(
                    "no such tolerance: --tolerance=%s, limit=0 to below 1; change --tolerance",
                    tolerance);
        }
        List<BenchmarkScore> scores = ResultFile.read(run);
        if (baseline != null) {
            return compare(ResultFile.read(baseline), scores);
        }
        results.print(ResultsText.table(scores));
        results.println();
        results.println(Machine.here().text() + "; commit " + commit);
        draw(ResultsText.picture(scores));
        return ExitCode.OK;
    }

    private int compare(List<BenchmarkScore> before, List<BenchmarkScore> after) {
        Map<String, BenchmarkScore> old = byKey(before);
        List<ScorePair> compared = new ArrayList<>();
        List<String> fresh = new ArrayList<>();
        for (BenchmarkScore score : byKey(after).values()) {
            BenchmarkScore other = old.remove(score.key());
            if (other == null) {
                fresh.add(score.key());
            } else {
                compared.add(ScorePair.of(other, score));
            }
        }
        if (compared.isEmpty()) {
            throw MillraceException.badInput(
                    "no benchmark is in both runs: run=%s, baseline=%s; run the same benchmarks"
                            + " with the same parameters",
                    run, baseline);
        }
        results.print(ResultsText.table(compared, tolerance));
        results.println();
        old.keySet().forEach(key -> results.println("only in the baseline: " + key));
        fresh.forEach(key -> results.println("only in the run: " + key));
        long slower = count(compared, SpeedRatio.Verdict.SLOWER);
        results.printf(
                "%d benchmarks: %d slower, %d faster, by more than %.0f %% for sure%n",
                compared.size(),
                slower,
                count(compared, SpeedRatio.Verdict.FASTER),
                100 * tolerance);
        draw(ResultsText.picture(compared));
        return slower > 0 ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private static Map<String, BenchmarkScore> byKey(List<BenchmarkScore> scores) {
        return scores.stream()
                .collect(
                        toMap(
                                BenchmarkScore::key,
                                score -> score,
                                (first, second) -> second,
                                LinkedHashMap::new));
    }

    private long count(List<ScorePair> compared, SpeedRatio.Verdict verdict) {
        return compared.stream().filter(each -> each.speed().verdict(tolerance) == verdict).count();
    }

    private void draw(String svg) {
        if (picture != null) {
            AtomicFile.write(picture, svg.getBytes(StandardCharsets.UTF_8));
            results.println("picture in " + picture);
        }
    }
}
