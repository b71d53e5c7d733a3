package io.millrace.cli.limit;

import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.CapacityProbe;
import io.millrace.loadgen.LoadGenerator;
import io.millrace.loadgen.limit.LimitGoals;
import io.millrace.loadgen.limit.LimitStep;
import io.millrace.loadgen.limit.QualityJudge;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadPlanBuilder;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.watch.LoadWatch;
import io.millrace.loadgen.watch.WatchReport;

import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Loads at one rate after the other, watches both processes meanwhile, and judges what comes of it.
 */
public final class StepLoad {
    private static final long PROBE_MS = 2_000;

    private final LoadPlanBuilder plans;
    private final QualityJudge judge;
    private final LongFunction<LoadWatch> watches;

    /**
     * Prepares the steps.
     *
     * @param plans all but the rate.
     * @param judge of the answers.
     * @param watches starts a watch of a run with so long a warm-up, in milliseconds.
     */
    public StepLoad(LoadPlanBuilder plans, QualityJudge judge, LongFunction<LoadWatch> watches) {
        this.plans = plans;
        this.judge = judge;
        this.watches = watches;
    }

    /** What the server answers in a closed loop when nobody else asks. */
    double capacity() {
        return CapacityProbe.estimate(plan(1_000), PROBE_MS).ratePerSecond();
    }

    /** What is loaded at a rate. */
    LoadPlan plan(double rate) {
        return plans.ratePerSecond(rate).build();
    }

    /** Loads at a rate. */
    LimitStep run(double rate, LimitGoals goals) {
        LoadPlan plan = plan(rate);
        LoadReport report;
        WatchReport watched;
        try (LoadWatch watch = watches.apply(plan.warmupMs())) {
            report = LoadGenerator.run(plan, ProgressListener.NONE);
            watched = watch.report(report);
        }
        return LimitStep.of(rate, report, judge.judge(report), goals, Optional.of(watched));
    }
}
