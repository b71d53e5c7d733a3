package io.millrace.loadgen;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.HiccupMeter;
import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.plan.ClosedRequests;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadSchedule;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.LoadTally;
import io.millrace.loadgen.report.SecondListener;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Puts load on a server in an open loop: requests are sent when the plan says, not when the server
 * is ready for them, and latency counts from the intended start. A stall therefore shows in every
 * request it held up, not only in the one that met it (Tene: How NOT to measure latency, 2013). In
 * a closed loop, where a plan says that it is one, answers send the requests instead.
 *
 * <p>Threading: blocks the caller; sends and receives on {@code millrace-load-0}.
 */
public final class LoadGenerator {
    private static final long LOOK_MS = 100;
    private static final long GRACE_MS = 10_000;
    private static final double NS_PER_SECOND = 1e9;

    private LoadGenerator() {}

    /**
     * Runs a plan. Ends by its warm-up, duration and timeout, whatever the server does; a
     * connection that is lost ends as errors in a partial report.
     *
     * @param plan what to do.
     * @param progress told in milliseconds.
     * @return what was seen.
     * @throws MillraceException UNAVAILABLE when the server can't be reached at the start.
     */
    public static LoadReport run(LoadPlan plan, ProgressListener progress) {
        return run(plan, progress, SecondListener.NONE);
    }

    /**
     * Runs a plan, and tells of each second.
     *
     * @param plan what to do.
     * @param progress told in milliseconds.
     * @param listener told of the seconds of the measured part.
     * @return what was seen.
     * @throws MillraceException as {@link #run(LoadPlan, ProgressListener)}.
     */
    public static LoadReport run(
            LoadPlan plan, ProgressListener progress, SecondListener listener) {
        // Drawn before there are connections that would have to wait for it.
        LoadSchedule schedule = plan.isClosedLoop() ? null : new LoadSchedule(plan);
        try (LoadTally tally = new LoadTally(plan);
                LoadLoop loop =
                        LoadLoop.connect(
                                plan.host(),
                                plan.port(),
                                plan.connections(),
                                plan.timeoutMs(),
                                plan.priority(),
                                plan.security());
                HiccupMeter hiccups = hiccupMeter(plan.hiccupLog())) {
            LoadRun run = run(plan, schedule, tally, loop);
            // What was made up to now would else be collected in the middle of the run.
            System.gc();
            run.start();
            Runnable look = () -> tally.seconds().drain(hiccups::takeMaxUs, listener);
            await(run, plan, progress, look);
            look.run();
            return report(plan, tally, run, loop.isRealTime(), hiccups);
        }
    }

    private static LoadRun run(
            LoadPlan plan, @Nullable LoadSchedule schedule, LoadTally tally, LoadLoop loop) {
        return schedule == null
                ? new ClosedRun(
                        plan, new ClosedRequests(plan), tally, loop.eventLoop(), loop.connections())
                : new PlannedRun(plan, schedule, tally, loop.eventLoop(), loop.connections());
    }

    private static HiccupMeter hiccupMeter(@Nullable Path log) {
        return log == null
                ? HiccupMeter.start()
                : HiccupMeter.start(log, TimeUnit.SECONDS.toMillis(1));
    }

    private static void await(
            LoadRun run, LoadPlan plan, ProgressListener progress, Runnable look) {
        long plannedMs = plan.warmupMs() + plan.durationMs();
        long limitMs = plannedMs + plan.timeoutMs() + GRACE_MS;
        long beganNs = System.nanoTime();
        long toldMs = 0;
        try (ProgressListener.Stage stage = progress.start("load", plannedMs)) {
            while (!run.await(LOOK_MS)) {
                look.run();
                long passedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
                if (passedMs > limitMs) {
                    throw MillraceException.of(
                            ErrorCode.INTERNAL,
                            "the load did not end: passedMs=%d, limit=%d; report it",
                            passedMs,
                            limitMs);
                }
                long nextMs = Math.min(passedMs, plannedMs);
                stage.advance(nextMs - toldMs);
                toldMs = nextMs;
                stage.note(run.resolved() + " requests");
            }
            stage.advance(plannedMs - toldMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE, "the load was interrupted: run it again", e);
        }
    }

    private static LoadReport report(
            LoadPlan plan, LoadTally tally, LoadRun run, boolean isRealTime, HiccupMeter hiccups) {
        return new LoadReport(
                plan,
                tally.counts(run.planned()),
                tally.givenUp(),
                run.types(),
                tally.seconds().startMs(),
                run.elapsedNs() / NS_PER_SECOND,
                tally.latency(),
                tally.service(),
                tally.dispatchLag(),
                hiccups.histogram(),
                tally.seconds().series(),
                tally.samples().answers(),
                tally.samples().searches(),
                isRealTime,
                run.isPartial(),
                brokenLogs(plan, tally, hiccups),
                Optional.ofNullable(tally.firstFailure()));
    }

    private static List<Path> brokenLogs(LoadPlan plan, LoadTally tally, HiccupMeter hiccups) {
        List<Path> broken = new ArrayList<>();
        if (plan.intervalLog() != null && tally.seconds().isBroken()) {
            broken.add(plan.intervalLog());
        }
        if (plan.hiccupLog() != null && hiccups.isLogBroken()) {
            broken.add(plan.hiccupLog());
        }
        return List.copyOf(broken);
    }
}
