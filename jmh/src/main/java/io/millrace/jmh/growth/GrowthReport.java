package io.millrace.jmh.growth;

import static java.util.stream.Collectors.groupingBy;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.core.metrics.Figures;
import io.millrace.jmh.Commands;
import io.millrace.jmh.peers.Machine;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Puts together what {@code jmh/growth/run.sh} measured, the medians of its rounds: {@code
 * growth.json}, {@code growth.svg} and {@code growth.md}.
 */
@Command(name = "growth")
public final class GrowthReport implements Callable<Integer> {
    @Option(names = "--run", required = true)
    private Map<Path, String> layouts;

    @Option(names = "--recall")
    private double recall = 0.95;

    @Option(names = "--out", required = true)
    private Path out;

    @Option(names = "--commit")
    private String commit = "unknown";

    private final PrintWriter results;

    private GrowthReport(PrintWriter results) {
        this.results = results;
    }

    /**
     * Reports, and ends with code 0; with 1 where it failed, with 2 where the options make no
     * sense.
     *
     * @param words the options: {@code --run FILE=LAYOUT} for each run of {@code millrace ann bench
     *     --json FILE --layout LAYOUT}, {@code --recall}, {@code --out} and {@code --commit}.
     */
    public static void main(String[] words) {
        Commands.main(GrowthReport::run, words);
    }

    /**
     * Reports.
     *
     * @param results for the table.
     * @param errors for errors.
     * @return the exit code.
     */
    static int run(PrintWriter results, PrintWriter errors, String... words) {
        return Commands.run(
                "growth", "jmh/growth/run.sh", new GrowthReport(results), errors, words);
    }

    @Override
    public Integer call() {
        if (!(recall > 0 && recall <= 1)) {
            throw MillraceException.usage(
                    "no such recall: --recall=%s, limit=above 0 to 1; change --recall", recall);
        }
        List<GrowthPoint> points =
                layouts.entrySet().stream()
                        .map(run -> GrowthPoint.read(run.getValue(), run.getKey()))
                        .collect(groupingBy(run -> List.of(run.rows(), run.layout())))
                        .values()
                        .stream()
                        .map(GrowthPoint::ofRounds)
                        .sorted(
                                Comparator.comparingInt(GrowthPoint::rows)
                                        .thenComparing(GrowthPoint::layout))
                        .toList();
        Machine machine = Machine.here();
        String table = GrowthText.table(points, recall);
        new Figures()
                .put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("commit", commit)
                .putAll(machine.figures())
                .put("k", points.getFirst().k())
                .put("recall", recall)
                .put("points", points.stream().map(point -> point.figures(recall)).toList())
                .write(out.resolve("growth.json"));
        AtomicFile.write(
                out.resolve("growth.svg"),
                GrowthText.picture(points, recall).getBytes(StandardCharsets.UTF_8));
        AtomicFile.write(out.resolve("growth.md"), table.getBytes(StandardCharsets.UTF_8));
        results.print(table);
        results.println();
        results.println(machine.text() + "; commit " + commit);
        results.println("growth.json, growth.svg and growth.md in " + out);
        return ExitCode.OK;
    }
}
