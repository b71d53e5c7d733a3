package io.millrace.loadgen.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.loadgen.compare.RunComparison.Difference;
import io.millrace.loadgen.plan.ClosedLoop;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

final class RunComparisonTest {
    private static final int SECONDS = 60;
    private static final int REQUESTS = 200;

    @TempDir private Path folder;

    @Test
    void shouldSayOfEachFigureWhatTheHistogramOfTheWholeRunSays() {
        List<Histogram> seconds = run(1, 1, SECONDS);
        Histogram whole = new Histogram(3);
        seconds.forEach(whole::add);
        IntervalRun run = IntervalRun.of(seconds);
        assertEquals(SECONDS, run.intervals());
        for (Difference difference : RunComparison.of(run, run, 1)) {
            double expected =
                    switch (difference.figure()) {
                        case RATE -> REQUESTS;
                        case MEAN -> mean(whole);
                        case P50 -> whole.getValueAtPercentile(50);
                        case P90 -> whole.getValueAtPercentile(90);
                        case P99 -> whole.getValueAtPercentile(99);
                        case P999 -> whole.getValueAtPercentile(99.9);
                    };
            assertEquals(expected, difference.first(), expected * 1e-3, difference.toString());
            assertEquals(1, difference.ratio());
            assertFalse(difference.isSeen());
        }
    }

    /** Of runs by one law, about one in twenty seems to differ. */
    @Test
    @Tag("slow")
    void shouldHoldOneWithinTheBoundsWhenRunsAreOfOneLaw() {
        Map<RunFigure, Integer> outside = new EnumMap<>(RunFigure.class);
        int trials = 60;
        for (int trial = 0; trial < trials; trial++) {
            IntervalRun one = IntervalRun.of(run(100 + trial, 1, SECONDS));
            IntervalRun other = IntervalRun.of(run(500 + trial, 1, SECONDS));
            for (Difference difference : RunComparison.of(one, other, trial)) {
                outside.merge(difference.figure(), difference.isSeen() ? 1 : 0, Integer::sum);
            }
        }
        outside.forEach((figure, count) -> assertTrue(count <= 10, figure + ": " + count));
        int all = outside.values().stream().mapToInt(Integer::intValue).sum();
        assertTrue(all > 0, "bounds that nothing ever lies outside of");
    }

    @Test
    void shouldSeeWhatIsATenthSlowerAndByHowMuch() {
        IntervalRun one = IntervalRun.of(run(1, 1, SECONDS));
        IntervalRun slower = IntervalRun.of(run(2, 1.1, SECONDS));
        int seen = 0;
        for (Difference difference : RunComparison.of(one, slower, 1)) {
            if (difference.figure() == RunFigure.RATE) {
                assertFalse(difference.isSeen(), difference.toString());
            } else if (difference.figure() != RunFigure.P999) {
                assertTrue(difference.low() > 1, difference.toString());
                assertTrue(
                        difference.low() < 1.1 && difference.high() > 1.1, difference.toString());
                seen++;
            }
        }
        assertEquals(4, seen);
    }

    /** The deviation of the ratio of two means of seconds, by the delta method. */
    @Test
    void shouldGiveTheBoundsOfTheNormalLawWhenMeansAreCompared() {
        List<Histogram> first = run(1, 1, 200);
        List<Histogram> second = run(2, 1, 200);
        Difference mean =
                RunComparison.of(IntervalRun.of(first), IntervalRun.of(second), 1).stream()
                        .filter(difference -> difference.figure() == RunFigure.MEAN)
                        .findFirst()
                        .orElseThrow();
        double deviation = Math.hypot(relativeError(first), relativeError(second)) * mean.ratio();
        assertEquals(2 * 1.96 * deviation, mean.high() - mean.low(), 0.6 * deviation);
    }

    @Test
    void shouldLeaveOutWhatAFewLatenciesDecide() {
        IntervalRun shortRun = IntervalRun.of(run(1, 1, 12));
        List<RunFigure> figures =
                RunComparison.of(shortRun, shortRun, 1).stream().map(Difference::figure).toList();
        assertEquals(
                List.of(
                        RunFigure.RATE,
                        RunFigure.MEAN,
                        RunFigure.P50,
                        RunFigure.P90,
                        RunFigure.P99),
                figures);
    }

    @Test
    void shouldDrawAsManySecondsAsThereAreInBlocks() {
        int[] all = new int[30];
        for (int draw = 0; draw < 300; draw++) {
            int[] times = RunComparison.resample(30, new SplitRandom(draw));
            assertEquals(30, Arrays.stream(times).sum());
            for (int i = 0; i < times.length; i++) {
                all[i] += times[i];
            }
        }
        for (int times : all) {
            assertEquals(300, times, 90);
        }
    }

    @Test
    void shouldReadTheLogThatLoadWrites() throws IOException {
        Path log = folder.resolve("run.hlog");
        List<Histogram> seconds = run(3, 1, 20);
        write(log, seconds);
        List<Difference> read =
                RunComparison.of(RunComparison.read(log), RunComparison.read(log), 5);
        IntervalRun inMemory = IntervalRun.of(seconds);
        assertEquals(RunComparison.of(inMemory, inMemory, 5), read);
    }

    /** What they count from is not the same. */
    @Test
    void shouldRefuseAClosedLoopBesideAnOpenOne() throws IOException {
        Path open = folder.resolve("open.hlog");
        write(open, run(3, 1, 20));
        Path closed = folder.resolve("closed.hlog");
        Files.writeString(closed, "#[" + ClosedLoop.label(8) + "]\n" + Files.readString(open));
        IntervalRun one = RunComparison.read(open);
        IntervalRun other = RunComparison.read(closed);
        assertEquals(0, one.underWay());
        assertEquals(8, other.underWay());
        MillraceException e =
                assertThrows(MillraceException.class, () -> RunComparison.of(one, other, 1));
        assertTrue(e.getMessage().contains("A is open, B is closed"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
        assertTrue(RunComparison.of(other, other, 1).stream().noneMatch(Difference::isSeen));
    }

    @Test
    void shouldRefuseWhatIsNoRunOrTooShort() throws IOException {
        Path log = folder.resolve("run.hlog");
        assertRefused(log, ErrorCode.NOT_FOUND, "no such run: file=");
        Files.writeString(log, "{\"latency.p50_us\": 3}\n");
        assertRefused(log, ErrorCode.CORRUPT_FILE, "figures without latencies by second");
        Files.writeString(log, "#[Nothing was logged]\n");
        assertRefused(log, ErrorCode.CORRUPT_FILE, "interval log");
        write(log, run(1, 1, 9));
        assertRefused(log, ErrorCode.BAD_INPUT, "seconds=9, least=10");
    }

    private static void assertRefused(Path log, ErrorCode code, String part) {
        MillraceException e = assertThrows(MillraceException.class, () -> RunComparison.read(log));
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    private static void write(Path log, List<Histogram> seconds) throws IOException {
        try (PrintStream out = new PrintStream(log.toFile(), StandardCharsets.US_ASCII)) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            writer.outputLogFormatVersion();
            writer.outputStartTime(0);
            writer.setBaseTime(0);
            writer.outputLegend();
            seconds.forEach(writer::outputIntervalHistogram);
        }
    }

    /** Seconds of lognormal latencies, of which some are all a little slower than others. */
    private static List<Histogram> run(long seed, double factor, int seconds) {
        SplitRandom random = new SplitRandom(seed);
        List<Histogram> run = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            Histogram latencies = new Histogram(3);
            double own = 0.05 * random.nextGaussian();
            for (int i = 0; i < REQUESTS; i++) {
                double latency = 1e6 * factor * Math.exp(own + 0.3 * random.nextGaussian());
                latencies.recordValue((long) latency);
            }
            latencies.setStartTimeStamp(1_000L * second);
            latencies.setEndTimeStamp(1_000L * second + 1_000);
            run.add(latencies);
        }
        return run;
    }

    private static double mean(Histogram histogram) {
        return histogram.getMean();
    }

    /** Error of the mean of all, as a part of it, from how the means of seconds differ. */
    private static double relativeError(List<Histogram> seconds) {
        double[] means = seconds.stream().mapToDouble(RunComparisonTest::mean).toArray();
        double mean = Arrays.stream(means).average().orElseThrow();
        double variance =
                Arrays.stream(means).map(x -> (x - mean) * (x - mean)).sum() / (means.length - 1);
        return Math.sqrt(variance / means.length) / mean;
    }
}
