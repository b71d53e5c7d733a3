package io.millrace.cli.load;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.cli.limit.BundleJudge;
import io.millrace.cli.limit.JudgeOptions;
import io.millrace.cli.limit.LimitOptions;
import io.millrace.cli.limit.LimitPage;
import io.millrace.cli.limit.LoadCurvePage;
import io.millrace.cli.limit.LoadLimit;
import io.millrace.cli.limit.LoadSteps;
import io.millrace.cli.limit.StepLoad;
import io.millrace.cli.report.HtmlReport;
import io.millrace.cli.serve.SecurityOptions;
import io.millrace.cli.serve.Target;
import io.millrace.client.MillraceClient;
import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.limit.LimitReport;
import io.millrace.loadgen.limit.LoadCurve;
import io.millrace.loadgen.limit.QualityJudge;
import io.millrace.loadgen.limit.StepVerdict;
import io.millrace.loadgen.plan.Arrival;
import io.millrace.loadgen.plan.ClosedLoop;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadPlanBuilder;
import io.millrace.loadgen.plan.LoadTrace;
import io.millrace.loadgen.plan.RateShape;
import io.millrace.loadgen.plan.SendPriority;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code millrace load}. */
@Command(
        name = "load",
        description = {
            "%nSends requests when the plan says, not when the server is ready for them, and counts"
                + " latency from the intended start; with --closed-loop, when an answer comes, and"
                + " counts from the sending. Ends with 1 when an answer made no sense, a connection"
                + " was lost, answers stopped or never came, a log could not be written, or no rate"
                + " holds.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace load --rate 2000 --seconds 30",
            "  millrace load --target 10.0.0.5:7311 --rate 5000 --seconds 60 --arrival poisson",
            "  millrace load --rate 2000 --seconds 60 --shape bursts:5:2 --arrival poisson",
            "  millrace load --rate 200 --seconds 10 --rank-share 1    (all a bundle of ads"
                    + " answers)",
            "  millrace load --rate 500 --seconds 60 --json before.json --report load.html",
            "  millrace load --compare before.json after.json",
            "  millrace load --rate 500 --seconds 60 --flight serve.jfr --report load.html",
            "  millrace load --rate 500 --seconds 60 --feedback-share 0.1 --upsert-share 0.02",
            "  millrace load --rate 500 --seconds 60 --filter \"price < 10\" --filter-share 0.2",
            "  millrace load --trace impressions --rate 2000",
            "  millrace load --closed-loop 8 --seconds 30",
            "  millrace load --steps 0.5,1,1.5,2 --deadline-us 20000 --seconds 5",
            "  millrace load --find-max --p99-ms 5",
            "  millrace load --find-max --upsert-share 0.02 --p99-ms recommend=5,upsert=20",
            "  millrace load --find-max --p99-ms 5 --recall 0.95 --ndcg-loss 0.01 --bundle bundle"
                    + " --dataset world"
        })
public final class LoadCommand implements Callable<Integer> {
    private static final double STEP_SECONDS = 5;
    private static final double MOST_LOAD = 100;
    private static final int INFO_TIMEOUT_MS = 5_000;
    private static final int USUAL_CONNECTIONS = 4;
    private static final double MOST_SECONDS = 86_400;
    private static final double MS_PER_SECOND = 1_000;

    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;
    @Mixin LoadMixOptions mix;
    @Mixin JudgeOptions judgeOptions;
    @Mixin LimitOptions limit;
    @Mixin LoadOutputs outputs;
    @Mixin SecurityOptions security;

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
            paramLabel = "A.json B.json",
            description =
                    "Load nothing, but tell whether two runs differ, by the interval logs that they"
                        + " wrote: how many times the figure of A that of B is, with 95 %% bounds"
                        + " by the bootstrap over seconds.")
    private @Nullable List<Path> compared;

    @Option(
            names = "--steps",
            split = ",",
            paramLabel = "F",
            description =
                    "Load at each of these parts and multiples of --rate, or of what the server can"
                            + " answer when nobody else asks, and tell goodput, latency, what was"
                            + " given up and how good the answers are.")
    private @Nullable List<Double> steps;

    @Option(names = "--rate", paramLabel = "R", description = "Requests a second.")
    private @Nullable Double rate;

    @Option(
            names = "--closed-loop",
            paramLabel = "N",
            description =
                    "Instead of --rate: always have N requests under way, each answer sends the"
                            + " next. Tells how much the server can do; its latencies leave out"
                            + " the time that requests would have waited, and say so. N is at"
                            + " least the number of connections, and at most 128 on each.")
    private @Nullable Integer closedLoop;

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
            names = "--trace",
            paramLabel = "FILE",
            description =
                    "Ask for the users of recorded requests when those came: lines of"
                            + " milliseconds,user, or a log of impressions. --rate is then the"
                            + " mean that it is brought to, and --seconds how much of it to"
                            + " take; without them it is taken as it is.")
    private @Nullable Path trace;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            description = "How long to load before counting. Default: ${DEFAULT-VALUE}.")
    private double warmupSeconds = 2;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description =
                    "Connections the requests are dealt to. Default: 4, or as many as"
                            + " --closed-loop where that is fewer.")
    private @Nullable Integer connections;

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
            names = "--timeout-ms",
            paramLabel = "MS",
            description = "Not answered by then is an error. Default: ${DEFAULT-VALUE}.")
    private int timeoutMs = 1_000;

    @Option(
            names = "--deadline-us",
            paramLabel = "US",
            description = "Time the server is given, 0 for any. Default: ${DEFAULT-VALUE}.")
    private int deadlineUs;

    @Option(
            names = "--priority",
            paramLabel = "HOW",
            description =
                    "Of the thread that sends: realtime, where the system permits it, so that it"
                            + " is on time though a server on the same machine takes all"
                            + " processors; or usual. Default: realtime.")
    private SendPriority priority = SendPriority.REALTIME;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the plan. Default: 1.")
    private long seed = 1;

    /** Filled by picocli. */
    public LoadCommand() {}

    @Override
    public Integer call() {
        if (outputs.isSchemaAsked()) {
            common.out().print(LoadOutputs.schema());
            return ExitCode.OK;
        }
        common.validate();
        outputs.validate();
        judgeOptions.validate();
        limit.validate(judgeOptions);
        if (compared != null) {
            requireNoLoad();
            LoadComparison.print(compared, seed, common);
            return ExitCode.OK;
        }
        OptionValues.requireRange("--warmup", warmupSeconds, 0, MOST_SECONDS);
        if (closedLoop != null) {
            requireNoPlan(closedLoop);
        }
        target = target.guarded(security.security());
        try (BundleJudge judge = judgeOptions.open(target, threads.count())) {
            if (steps != null) {
                return loadSteps(judge, steps);
            }
            return limit.isAsked() ? findLimit(judge) : load(judge);
        }
    }

    private void requireNoLoad() {
        if (limit.isAsked()
                || steps != null
                || rate != null
                || closedLoop != null
                || seconds != null
                || trace != null
                || judgeOptions.hasBundle()
                || outputs.page() != null
                || outputs.isAdminNamed()
                || outputs.hasLogs()) {
            throw MillraceException.usage(
                    "nothing is loaded while runs are compared: --find-max, --steps, --rate,"
                            + " --closed-loop, --seconds, --trace, --report, --bundle, --admin,"
                            + " --flight, --generator-flight, --interval-log, --hiccup-log; leave"
                            + " them out, or --compare");
        }
    }

    /** Answers send the requests of a closed loop: nothing else may say when they leave. */
    private void requireNoPlan(int underWay) {
        List<String> given = new ArrayList<>();
        addIf(given, rate != null, "--rate");
        addIf(given, limit.isAsked(), "--find-max");
        addIf(given, steps != null, "--steps");
        addIf(given, trace != null, "--trace");
        addIf(given, !shape.equals(RateShape.STEADY), "--shape");
        addIf(given, arrival != Arrival.CONSTANT, "--arrival");
        if (!given.isEmpty()) {
            throw MillraceException.usage(
                    "answers send the requests of a closed loop, no plan: --closed-loop=%d with"
                            + " %s; give one or the other",
                    underWay, String.join(", ", given));
        }
        int opened = connections();
        OptionValues.requireRange("--connections", opened, 1, LoadPlan.MAX_CONNECTIONS);
        if (underWay < opened || underWay > opened * ClosedLoop.MOST_A_CONNECTION) {
            throw MillraceException.usage(
                    "out of range: --closed-loop=%d, limit=%d to %d with %d connections, of which"
                            + " servers read %d requests each; change --closed-loop or"
                            + " --connections",
                    underWay,
                    opened,
                    opened * ClosedLoop.MOST_A_CONNECTION,
                    opened,
                    ClosedLoop.MOST_A_CONNECTION);
        }
    }

    private static void addIf(List<String> names, boolean isGiven, String name) {
        if (isGiven) {
            names.add(name);
        }
    }

    private int connections() {
        if (connections != null) {
            return connections;
        }
        return closedLoop == null
                ? USUAL_CONNECTIONS
                : Math.clamp(closedLoop, 1, USUAL_CONNECTIONS);
    }

    private int findLimit(@Nullable BundleJudge judge) {
        requireOneRateOnly();
        LoadPlanBuilder plans = plan(judge, seconds == null ? STEP_SECONDS : seconds);
        LimitReport report =
                new LoadLimit(limit, stepLoad(judge, plans), common.progress()).run(rate);
        LoadLimit.print(report, common);
        common.write(report.figures());
        if (outputs.page() != null) {
            HtmlReport.write(outputs.page(), LimitPage.of(report));
        }
        return report.highest().isPresent() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private StepLoad stepLoad(@Nullable BundleJudge judge, LoadPlanBuilder plans) {
        return new StepLoad(
                plans,
                judge == null ? QualityJudge.NONE : judge,
                warmupMs -> outputs.watch(target, warmupMs));
    }

    private void requireOneRateOnly() {
        if (trace != null || outputs.hasLogs() || !shape.equals(RateShape.STEADY)) {
            throw MillraceException.usage(
                    "not of many rates: --trace, --shape, --flight, --generator-flight,"
                            + " --interval-log, --hiccup-log; leave them out, or --find-max and"
                            + " --steps");
        }
    }

    private int loadSteps(@Nullable BundleJudge judge, List<Double> loads) {
        requireOneRateOnly();
        if (limit.isAsked()) {
            throw MillraceException.usage("--steps or --find-max: both choose rates; give one");
        }
        loads.forEach(load -> OptionValues.requireRange("--steps", load, 0.01, MOST_LOAD));
        LoadPlanBuilder plans = plan(judge, seconds == null ? STEP_SECONDS : seconds);
        LoadCurve curve = new LoadSteps(loads, stepLoad(judge, plans), common.progress()).run(rate);
        LoadSteps.print(curve, common);
        common.write(curve.figures());
        if (outputs.page() != null) {
            HtmlReport.write(outputs.page(), LoadCurvePage.of(curve));
        }
        boolean isBroken =
                curve.steps().stream().anyMatch(step -> step.verdict() == StepVerdict.BROKEN);
        return isBroken ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private int load(@Nullable BundleJudge judge) {
        LoadPlanBuilder plan;
        if (closedLoop != null) {
            plan = plan(judge, required("--seconds", seconds)).closedLoop(closedLoop);
        } else {
            plan = trace == null ? planned(judge) : recorded(judge, trace);
        }
        return new WatchedLoad(common, outputs, target, judge)
                .run(plan.hiccupLog(outputs.hiccupLog()).build());
    }

    private LoadPlanBuilder planned(@Nullable BundleJudge judge) {
        return plan(judge, required("--seconds", seconds))
                .ratePerSecond(required("--rate", rate))
                .shape(shape);
    }

    private LoadPlanBuilder recorded(@Nullable BundleJudge judge, Path file) {
        if (!shape.equals(RateShape.STEADY) || arrival != Arrival.CONSTANT) {
            throw MillraceException.usage(
                    "a trace says when requests start: --trace=%s; leave --shape and --arrival out",
                    file);
        }
        LoadTrace taken = TraceFile.read(file);
        if (rate != null) {
            taken = taken.atRate(rate);
        }
        if (seconds != null) {
            OptionValues.requireRange("--seconds", seconds, 0.001, MOST_SECONDS);
            taken = taken.first(warmupSeconds + seconds);
        }
        if (taken.seconds() <= warmupSeconds) {
            throw MillraceException.usage(
                    "nothing is left to count: --warmup=%s, the trace takes %.3f s; lower --warmup",
                    warmupSeconds, taken.seconds());
        }
        return plan(judge, STEP_SECONDS).trace(taken, Math.round(warmupSeconds * MS_PER_SECOND));
    }

    private static double required(String option, @Nullable Double value) {
        if (value == null) {
            throw MillraceException.usage(
                    "missing required option: '%s'; give --rate and --seconds, or --closed-loop and"
                            + " --seconds, or --trace, or --find-max, or --steps, or --compare",
                    option);
        }
        return value;
    }

    private LoadPlanBuilder plan(@Nullable BundleJudge judge, double duration) {
        OptionValues.requireRange("--seconds", duration, 0.001, MOST_SECONDS);
        try (MillraceClient client = target.connect(Duration.ofMillis(INFO_TIMEOUT_MS))) {
            return mix.plan(target, client, judge, seed, limit.usualSearchShare())
                    .durationMs(Math.round(duration * MS_PER_SECOND))
                    .warmupMs(Math.round(warmupSeconds * MS_PER_SECOND))
                    .connections(connections())
                    .arrival(arrival)
                    .k(k)
                    .timeoutMs(timeoutMs)
                    .deadlineUs(deadlineUs)
                    .seed(seed)
                    .priority(priority)
                    .sampledAnswers(judge == null ? 0 : judgeOptions.judged())
                    .intervalLog(outputs.intervalLog());
        }
    }
}
