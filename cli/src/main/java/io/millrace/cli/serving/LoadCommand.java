package io.millrace.cli.serving;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.RankColumns;
import io.millrace.client.message.ServerInfo;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.Arrival;
import io.millrace.loadgen.LoadCounts;
import io.millrace.loadgen.LoadGenerator;
import io.millrace.loadgen.LoadPlan;
import io.millrace.loadgen.LoadReport;
import io.millrace.loadgen.Popularity;
import io.millrace.loadgen.RateShape;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code millrace load}. */
@Command(
        name = "load",
        description = {
            "%nSends requests when the plan says, not when the server is ready for them, and counts"
                + " latency from the intended start. Ends with 1 when an answer made no sense, a"
                + " connection was lost, or nothing was answered.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace load --rate 2000 --seconds 30",
            "  millrace load --target 10.0.0.5:7311 --rate 5000 --seconds 60 --arrival poisson",
            "  millrace load --rate 2000 --seconds 60 --shape bursts:5:2 --arrival poisson",
            "  millrace load --rate 200 --seconds 10 --rank-share 1    (all a bundle of ads"
                    + " answers)",
            "  millrace load --rate 500 --seconds 60 --interval-log before.hlog --json load.json",
            "  millrace load --compare before.hlog after.hlog"
        })
public final class LoadCommand implements Callable<Integer> {
    private static final int SAMPLED_IDS = 4_096;
    private static final int INFO_TIMEOUT_MS = 5_000;
    private static final double MOST_SECONDS = 86_400;
    private static final double MS_PER_SECOND = 1_000;

    @Mixin CommonOptions common;

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            defaultValue = Target.DEFAULT,
            converter = Target.Converter.class,
            description = "Where the server is. Default: ${DEFAULT-VALUE}.")
    private Target target;

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "A.hlog B.hlog",
            description =
                    "Load nothing, but tell whether two runs differ, by the interval logs that they"
                        + " wrote: how many times the figure of A that of B is, with 95 % bounds by"
                        + " the bootstrap over seconds.")
    private @Nullable List<Path> compared;

    @Option(names = "--rate", paramLabel = "R", description = "Requests a second.")
    private @Nullable Double rate;

    @Option(
            names = "--shape",
            paramLabel = "SHAPE",
            converter = RateShapeConverter.class,
            description = {
                "How the rate changes: steady; ramp:FROM, from that many a second in a straight"
                    + " line to --rate; bursts:FACTOR:SECONDS, FACTOR (to 10) times --rate in the"
                    + " first tenth of every so many seconds, and less in the rest, so that --rate"
                    + " is the mean. Default: steady."
            })
    private RateShape shape = RateShape.STEADY;

    @Option(names = "--seconds", paramLabel = "S", description = "How long to load and count.")
    private @Nullable Double seconds;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            description = "How long to load before counting. Default: ${DEFAULT-VALUE}.")
    private double warmupSeconds = 2;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections the requests are dealt to. Default: ${DEFAULT-VALUE}.")
    private int connections = 4;

    @Option(
            names = "--arrival",
            paramLabel = "HOW",
            description = "How starts follow each other: constant or poisson. Default: constant.")
    private Arrival arrival = Arrival.CONSTANT;

    @Option(
            names = "--k",
            paramLabel = "N",
            description = "Items asked for. Default: ${DEFAULT-VALUE}.")
    private int k = 10;

    @Option(
            names = "--users",
            paramLabel = "FILE",
            description =
                    "Ids of users to ask for, one a line. Default: known users the server names.")
    private @Nullable Path users;

    @Option(
            names = "--popularity",
            paramLabel = "HOW",
            description = "How often each is asked for: uniform or zipf. Default: zipf.")
    private Popularity popularity = Popularity.ZIPF;

    @Option(
            names = "--similar-share",
            paramLabel = "PART",
            description = "Part of requests for similar items, 0 to 1. Default: ${DEFAULT-VALUE}.")
    private double similarShare;

    @Option(
            names = "--rank-share",
            paramLabel = "PART",
            description =
                    "Part of requests for the order of candidates, 0 to 1. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double rankShare;

    @Option(
            names = "--rank-candidates",
            paramLabel = "N",
            description =
                    "How many of its items the server is asked to order; where it has none, as of a"
                            + " bundle of ads, how many candidates of made-up features."
                            + " Default: ${DEFAULT-VALUE}.")
    private int rankCandidates = 100;

    @Option(
            names = "--timeout-ms",
            paramLabel = "MS",
            description = "Not answered by then is an error. Default: ${DEFAULT-VALUE}.")
    private int timeoutMs = 1_000;

    @Option(
            names = "--deadline-us",
            paramLabel = "US",
            description = "Time the server is given, 0 for any. Default: ${DEFAULT-VALUE}.")
    private int deadlineUs;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the plan. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--interval-log",
            paramLabel = "FILE",
            description = "Write latency by second, as an HdrHistogram log.")
    private @Nullable Path intervalLog;

    @Option(
            names = "--hiccup-log",
            paramLabel = "FILE",
            description = "Write the hiccups of this machine, in jHiccup's format.")
    private @Nullable Path hiccupLog;

    /** Filled by picocli. */
    public LoadCommand() {}

    @Override
    public Integer call() {
        common.validate();
        CommonOptions.validateFile("--interval-log", intervalLog);
        CommonOptions.validateFile("--hiccup-log", hiccupLog);
        if (compared != null) {
            requireNoLoad();
            LoadComparison.print(compared, seed, common);
            return ExitCode.OK;
        }
        OptionValues.requireRange("--seconds", required("--seconds", seconds), 0.001, MOST_SECONDS);
        OptionValues.requireRange("--warmup", warmupSeconds, 0, MOST_SECONDS);
        LoadPlan plan = plan();
        ProgressListener progress = common.progress();
        LoadReport report = LoadGenerator.run(plan, progress);
        print(report);
        Figures figures = report.figures();
        common.write(figures);
        LoadCounts counts = report.counts();
        return report.isPartial() || counts.answered() == 0 || counts.malformed() > 0
                ? ExitCode.SOFTWARE
                : ExitCode.OK;
    }

    private static double required(String option, @Nullable Double value) {
        if (value == null) {
            throw MillraceException.usage(
                    "missing required option: '%s'; give --rate and --seconds, or --compare",
                    option);
        }
        return value;
    }

    private void requireNoLoad() {
        if (rate != null || seconds != null || intervalLog != null || hiccupLog != null) {
            throw MillraceException.usage(
                    "nothing is loaded while runs are compared: --rate, --seconds, --interval-log,"
                            + " --hiccup-log; leave them out, or --compare");
        }
    }

    private LoadPlan plan() {
        try (MillraceClient client =
                MillraceClient.of(
                        target.host(), target.port(), Duration.ofMillis(INFO_TIMEOUT_MS))) {
            ServerInfo info = client.info(SAMPLED_IDS);
            boolean hasItems = info.items() > 0 || rankShare == 0;
            return plan(info, hasItems ? null : client.rankColumns());
        }
    }

    private LoadPlan plan(ServerInfo info, @Nullable RankColumns columns) {
        long[] ids = users == null ? info.sampleUsers() : readIds(users);
        return LoadPlan.to(target.host(), target.port(), ids)
                .ratePerSecond(required("--rate", rate))
                .shape(shape)
                .durationMs(Math.round(required("--seconds", seconds) * MS_PER_SECOND))
                .warmupMs(Math.round(warmupSeconds * MS_PER_SECOND))
                .connections(connections)
                .arrival(arrival)
                .k(k)
                .popularity(popularity)
                .similar(similarShare, info.sampleItems())
                .rank(rankShare, rankCandidates)
                .rankColumns(columns)
                .timeoutMs(timeoutMs)
                .deadlineUs(deadlineUs)
                .seed(seed)
                .intervalLog(intervalLog)
                .hiccupLog(hiccupLog)
                .build();
    }

    private static long[] readIds(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .mapToLong(line -> id(file, line))
                    .toArray();
        } catch (IOException e) {
            throw MillraceException.io("read user ids", file, e);
        }
    }

    private static long id(Path file, String line) {
        try {
            return Long.parseLong(line);
        } catch (NumberFormatException e) {
            throw MillraceException.badInput(
                    "not a user id: file=%s, line='%s'; write one number a line", file, line);
        }
    }

    private void print(LoadReport report) {
        PrintWriter out = common.out();
        LoadCounts counts = report.counts();
        Figures figures = report.figures();
        new TextTable()
                .row("planned", Texts.number(figures.number("rate_planned"), 0) + "/s")
                .row("achieved", Texts.number(report.ratePerSecond(), 0) + "/s")
                .row("sent", Texts.count(counts.sent()))
                .row("answered", Texts.count(counts.answered()))
                .row("errors", Texts.count(counts.errors()))
                .row("refused", Texts.count(counts.refused()))
                .row("degraded", Texts.count(counts.degraded()))
                .row("malformed", Texts.count(counts.malformed()))
                .print(out, "");
        out.println();
        TextTable table = new TextTable().row("", "p50", "p90", "p99", "p99.9", "max");
        for (String kind : new String[] {"latency", "service"}) {
            table.row(
                    kind.equals("latency") ? "from the intended start" : "from the sending",
                    us(figures, kind + ".p50_us"),
                    us(figures, kind + ".p90_us"),
                    us(figures, kind + ".p99_us"),
                    us(figures, kind + ".p999_us"),
                    us(figures, kind + ".max_us"));
        }
        table.print(out, "");
        out.println(
                "longest hiccup of this machine "
                        + us(figures, "hiccup.max_us")
                        + ", longest delay of a dispatch "
                        + us(figures, "dispatch_lag.max_us"));
        if (!report.keptPlan()) {
            out.println(
                    "the plan was not kept: "
                            + Texts.count(counts.lateDispatches())
                            + " of "
                            + Texts.count(counts.planned())
                            + " requests left late; lower --rate or use another machine, these"
                            + " figures tell of this one");
        }
        report.firstFailure().ifPresent(failure -> out.println("first failure: " + failure));
    }

    private static String us(Figures figures, String key) {
        return Texts.micros(figures.number(key));
    }
}
