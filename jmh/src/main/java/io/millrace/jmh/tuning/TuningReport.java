package io.millrace.jmh.tuning;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * Puts together what {@code jmh/tuning/run.sh} measured, the medians of its rounds: {@code
 * tuning.json}, {@code tuning.svg} and {@code tuning.md}.
 */
@Command(name = "tuning")
public final class TuningReport implements Callable<Integer> {
    @Option(names = "--variant", required = true)
    private List<String> variants;

    @Option(names = "--rounds", required = true)
    private int rounds;

    @Option(names = "--load", required = true)
    private double load;

    @Option(names = "--out", required = true)
    private Path out;

    @Option(names = "--commit")
    private String commit = "unknown";

    private final PrintWriter results;

    private TuningReport(PrintWriter results) {
        this.results = results;
    }

    /**
     * Reports, and ends with code 0; with 1 where it failed, with 2 where the options make no
     * sense.
     *
     * @param words the options: {@code --variant=OPTIONS} for each variant in the order in which
     *     they were measured, {@code --rounds}, {@code --load}, {@code --out} with the figures of
     *     all runs, and {@code --commit}.
     */
    public static void main(String[] words) {
        Commands.main(TuningReport::run, words);
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
                "tuning", "jmh/tuning/run.sh", new TuningReport(results), errors, words);
    }

    @Override
    public Integer call() {
        if (rounds < 1) {
            throw MillraceException.usage(
                    "no such number of rounds: --rounds=%d, limit=1 at least; change --rounds",
                    rounds);
        }
        List<TuningPoint> points = new ArrayList<>();
        for (int i = 0; i < variants.size(); i++) {
            points.add(TuningPoint.ofRounds(rounds(i)));
        }
        Machine machine = Machine.here();
        String table = TuningText.table(points, load);
        new Figures()
                .put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("commit", commit)
                .putAll(machine.figures())
                .put("rounds", rounds)
                .put("load", load)
                .put("variants", points.stream().map(TuningPoint::figures).toList())
                .write(out.resolve("tuning.json"));
        write("tuning.svg", TuningText.picture(points, load));
        write("tuning.md", table);
        results.print(table);
        results.println();
        results.println(machine.text() + "; commit " + commit);
        results.println("tuning.json, tuning.svg and tuning.md in " + out);
        return ExitCode.OK;
    }

    private List<TuningPoint> rounds(int variant) {
        return IntStream.rangeClosed(1, rounds)
                .mapToObj(
                        round -> {
                            String run = "variant-" + variant + ".round-" + round;
                            return TuningPoint.read(
                                    variants.get(variant).strip(),
                                    out.resolve(run + ".json"),
                                    out.resolve(run + ".load.json"));
                        })
                .toList();
    }

    private void write(String name, String text) {
        AtomicFile.write(out.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }
}
