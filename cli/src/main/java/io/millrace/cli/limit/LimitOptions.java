package io.millrace.cli.limit;

import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.limit.LatencyGoals;
import io.millrace.loadgen.limit.LimitGoals;
import io.millrace.loadgen.plan.RequestMix;
import io.millrace.loadgen.plan.RequestType;
import io.millrace.loadgen.report.TypeReport;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Arrays;
import java.util.OptionalDouble;

/** What has to hold at the highest rate that is looked for. */
public final class LimitOptions {
    /** Part of the requests that are searches where a recall is asked for. */
    private static final double SEARCH_SHARE = 0.1;

    private static final double USUAL_P99_MS = 10;

    @Option(
            names = "--find-max",
            description =
                    "Look for the highest rate at which all of --p99-ms, --recall and --ndcg-loss"
                            + " that are given hold, and no more than one request in a thousand"
                            + " goes without an OK answer. Begins at --rate, or at half of what"
                            + " the server can do. Each rate is tried for --seconds, 5 by default;"
                            + " one that does not hold is tried twice.")
    private boolean isAsked;

    @Option(
            names = "--p99-ms",
            paramLabel = "MS|KIND=MS,...",
            description =
                    "With --find-max: the 99th percentile of latency from the intended start is"
                            + " this at most: of all that only ask, or by kind of request as in"
                            + " recommend=5,search=2,upsert=20. Kinds are those of --json, and"
                            + " reads, changes and all. Default: 10 of reads.")
    private @Nullable String p99Ms;

    @Option(
            names = "--recall",
            paramLabel = "R",
            description =
                    "With --find-max and --bundle: searches find at least this part of the items"
                            + " that exact search finds.")
    private @Nullable Double recall;

    @Option(
            names = "--ndcg-loss",
            paramLabel = "L",
            description =
                    "With --find-max, --bundle and --dataset: of the NDCG@10 of answers to the same"
                            + " users without load, this part is lost at most.")
    private @Nullable Double ndcgLoss;

    @Option(
            names = "--precision",
            paramLabel = "P",
            description =
                    "With --find-max: how much above the rate that is found one is known not to"
                            + " hold, as a part of it. Default: 0.05.")
    private @Nullable Double precision;

    @Option(
            names = "--max-steps",
            paramLabel = "N",
            description = "With --find-max: how many times to load at most. Default: 30.")
    private @Nullable Integer maxSteps;

    /** Filled by picocli. */
    public LimitOptions() {}

    /** Whether the highest rate is looked for. */
    public boolean isAsked() {
        return isAsked;
    }

    /** Checks what goes with what. */
    public void validate(JudgeOptions judge) {
        boolean isSaid =
                p99Ms != null
                        || recall != null
                        || ndcgLoss != null
                        || precision != null
                        || maxSteps != null;
        if (!isAsked && isSaid) {
            throw MillraceException.usage(
                    "--p99-ms, --recall, --ndcg-loss, --precision and --max-steps go with"
                            + " --find-max; give it, or leave them out");
        }
        if (p99Ms != null) {
            LatencyGoals.parse(p99Ms);
        }
        if (recall != null && !judge.hasBundle()) {
            throw MillraceException.usage(
                    "recall of what: --recall=%s; give --bundle, the one that is served", recall);
        }
        if (ndcgLoss != null && !judge.hasDataset()) {
            throw MillraceException.usage(
                    "NDCG by what: --ndcg-loss=%s; give --bundle and --dataset", ndcgLoss);
        }
    }

    /** What has to hold of a load, whose kinds have to be those that are named. */
    LimitGoals goals(RequestMix mix) {
        LatencyGoals latency = latency(mix);
        latency.requireIn(mix);
        return new LimitGoals(latency, optional(recall), optional(ndcgLoss));
    }

    private LatencyGoals latency(RequestMix mix) {
        if (p99Ms != null) {
            return LatencyGoals.parse(p99Ms);
        }
        boolean isReading =
                Arrays.stream(RequestType.values())
                        .anyMatch(type -> !type.isChange() && mix.share(type) > 0);
        return LatencyGoals.of(isReading ? TypeReport.READS : TypeReport.CHANGES, USUAL_P99_MS);
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Part of the requests that are searches where nobody says. */
    public double usualSearchShare() {
        return recall == null ? 0 : SEARCH_SHARE;
    }

    double precision() {
        return precision == null ? 0.05 : precision;
    }

    int maxSteps() {
        return maxSteps == null ? 30 : maxSteps;
    }
}
