package io.millrace.jmh.peers;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.core.metrics.Figures;
import io.millrace.jmh.Commands;
import io.millrace.jmh.Expect;
import io.millrace.jmh.peers.driver.BuiltLine;
import io.millrace.jmh.peers.driver.Engine;
import io.millrace.jmh.peers.driver.Space;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** The comparison with peers; {@code jmh/peers/run.sh --help} describes the options. */
@Command(name = "peers")
public final class ComparePeers implements Callable<Integer> {
    private static final String FASHION_MNIST = "fashion-mnist";
    private static final List<Double> RECALLS = List.of(0.95, 0.988, 0.995, 0.998);
    private static final List<Double> FASHION_RECALLS = List.of(0.956, 0.985, 0.9926, 0.9965);
    private static final List<Integer> EFFORTS =
            List.of(
                    10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512,
                    640, 800);
    private static final List<Integer> QUICK_EFFORTS = List.of(10, 20, 40, 80, 160, 320);
    private static final int QUICK_ROWS = 20_000;
    private static final int QUICK_QUERIES = 500;

    @Option(names = "--data")
    private @Nullable Path data;

    @Option(names = "--quick")
    private boolean isQuick;

    @Option(names = "--only", split = ",")
    private List<Engine> only = List.of(Engine.values());

    @Option(names = "--metric")
    private Space space = Space.L2;

    @Option(names = "--k")
    private int k = 10;

    @Option(names = "--ef", split = ",")
    private @Nullable List<Integer> ef;

    @Option(names = "--recalls", split = ",")
    private @Nullable List<Double> recalls;

    @Option(names = "--rounds")
    private @Nullable Integer rounds;

    @Option(names = "--seconds")
    private @Nullable Double seconds;

    @Option(names = "--queries")
    private @Nullable Integer queries;

    @Option(names = "--out", required = true)
    private Path out;

    @Option(names = "--hnswlib")
    private @Nullable Path hnswlib;

    @Option(names = "--commit")
    private String commit = "unknown";

    private final PrintWriter results;
    private final PrintWriter progress;

    private ComparePeers(PrintWriter results, PrintWriter progress) {
        this.results = results;
        this.progress = progress;
    }

    /**
     * Compares, and ends with code 0; with 1 where an engine or all of it failed, with 2 where the
     * options make no sense.
     *
     * @param words the options.
     */
    public static void main(String[] words) {
        Commands.main(ComparePeers::run, words);
    }

    /**
     * Compares.
     *
     * @param results for the table.
     * @param progress for progress and errors.
     * @return the exit code.
     */
    static int run(PrintWriter results, PrintWriter progress, String... words) {
        return Commands.run(
                "peers", "jmh/peers/run.sh", new ComparePeers(results, progress), progress, words);
    }

    /** The names of all options. */
    static Set<String> options() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        return new CommandLine(new ComparePeers(nowhere, nowhere))
                .getCommandSpec()
                .optionsMap()
                .keySet();
    }

    @Override
    public Integer call() {
        Expect.servingOptions();
        PeerPlan plan = plan();
        Path work = makeWorkFolder();
        // Also where it is interrupted: neither drivers nor an index of gigabytes stay behind.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    ProcessHandle.current()
                                            .descendants()
                                            .forEach(ProcessHandle::destroyForcibly);
                                    delete(work);
                                },
                                "millrace-clean-up"));
        try (PeerData prepared = PeerData.prepare(plan, work)) {
            List<Peer> peers =
                    plan.engines().stream()
                            .map(engine -> Peer.of(engine, plan, prepared, work))
                            .toList();
            List<PeerRun> runs = Comparison.run(plan, prepared, peers, progress);
            report(plan, prepared, runs);
            return runs.stream().allMatch(run -> run.failure() == null)
                    ? ExitCode.OK
                    : ExitCode.SOFTWARE;
        } finally {
            delete(work);
        }
    }

    private Path makeWorkFolder() {
        try {
            Files.createDirectories(out);
            return Files.createTempDirectory(out, "work-");
        } catch (IOException e) {
            throw MillraceException.io("make folder", out, e);
        }
    }

    private PeerPlan plan() {
        Path folder = data;
        if (folder == null && !isQuick) {
            throw MillraceException.usage(
                    "nothing to measure on: give --data DIR, as millrace simulate vectors --out DIR"
                            + " makes one, or --quick");
        }
        boolean isFashion =
                folder != null
                        && FASHION_MNIST.equals(
                                String.valueOf(folder.toAbsolutePath().normalize().getFileName()));
        return new PeerPlan(
                folder,
                isQuick ? QUICK_ROWS : Integer.MAX_VALUE,
                orElse(queries, isQuick ? QUICK_QUERIES : Integer.MAX_VALUE),
                space,
                k,
                orElse(ef, efforts()),
                orElse(recalls, isFashion ? FASHION_RECALLS : RECALLS),
                orElse(rounds, isQuick ? 1 : 3),
                orElse(seconds, isQuick ? 0.2 : 1.0),
                only,
                hnswlib,
                out);
    }

    /** Those that keep at least the neighbours asked for. */
    private List<Integer> efforts() {
        return Stream.concat(Stream.of(k), (isQuick ? QUICK_EFFORTS : EFFORTS).stream())
                .filter(each -> each >= k)
                .toList();
    }

    private static <T> T orElse(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    private void report(PeerPlan plan, PeerData prepared, List<PeerRun> runs) {
        Machine machine = Machine.here();
        String title =
                String.format(
                        Locale.ROOT,
                        "%s, %,d x %d",
                        prepared.name(),
                        prepared.rows(),
                        prepared.dimension());
        Path picture = out.resolve("recalls.svg");
        Path figures = out.resolve("peers.json");
        AtomicFile.write(picture, CurvePlot.draw(runs, title, k).getBytes(StandardCharsets.UTF_8));
        figures(plan, prepared, machine, runs).write(figures);
        results.println();
        new RatioTable(runs, plan.recalls(), k).print(results);
        results.println();
        results.printf(
                Locale.ROOT,
                "%s, %s, %,d queries on one thread, medians of %d rounds; builds on %d threads%n",
                title,
                space.name().toLowerCase(Locale.ROOT),
                prepared.queries(),
                plan.rounds(),
                PeerPlan.BUILD_THREADS);
        results.println(machine.text() + "; commit " + commit);
        for (PeerRun run : runs) {
            BuiltLine built = run.built();
            if (built != null) {
                results.println(
                        run.name() + " " + built.version() + ", kernels: " + built.kernels());
            }
        }
        if (isQuick) {
            results.println("quick: a try, too small and too short to be quoted");
        }
        results.println("curves in " + picture + ", all points in " + figures);
        results.flush();
    }

    private Figures figures(PeerPlan plan, PeerData prepared, Machine machine, List<PeerRun> runs) {
        return new Figures()
                .put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("commit", commit)
                .putAll(machine.figures())
                .put("data", prepared.name())
                .put("rows", prepared.rows())
                .put("dimension", prepared.dimension())
                .put("queries", prepared.queries())
                .put("metric", space.name().toLowerCase(Locale.ROOT))
                .put("k", k)
                .put("rounds", plan.rounds())
                .put("least_seconds", plan.leastSeconds())
                .put("build_threads", PeerPlan.BUILD_THREADS)
                .put("engines", runs.stream().map(run -> run.figures(plan.recalls())).toList());
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw MillraceException.io("delete", folder, e);
        }
    }
}
