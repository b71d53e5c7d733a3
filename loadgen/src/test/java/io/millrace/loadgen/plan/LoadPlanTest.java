package io.millrace.loadgen.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.message.RankColumns;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

final class LoadPlanTest {
    private static final long[] USERS = LongStream.range(0, 1_000).toArray();

    private static final RankColumns COLUMNS = new RankColumns(1, 40, 4_000, List.of());

    private static final float[][] VECTORS = {{1, 2}, {3, 4}};

    private static final long[] USERS_OF_TRACE = {5, 6, 5, 7};

    private static LoadPlanBuilder plan() {
        return LoadPlan.to("localhost", 7_311, USERS);
    }

    @Test
    void shouldRefuseValuesOutOfRange() {
        List<UnaryOperator<LoadPlanBuilder>> bad =
                List.of(
                        p -> p.connections(0),
                        p -> p.connections(LoadPlan.MAX_CONNECTIONS + 1),
                        p -> p.ratePerSecond(0),
                        p -> p.ratePerSecond(-1),
                        p -> p.ratePerSecond(Double.NaN),
                        p -> p.ratePerSecond(Double.POSITIVE_INFINITY),
                        p -> p.ratePerSecond(0.01).durationMs(1_000),
                        p -> p.ratePerSecond(1_000_000).durationMs(60_000),
                        p -> p.durationMs(0),
                        p -> p.durationMs(Long.MAX_VALUE),
                        p -> p.warmupMs(-1),
                        p -> p.timeoutMs(0),
                        p -> p.deadlineUs(-1),
                        p -> p.k(0),
                        p -> p.k(70_000),
                        p -> p.timestampMs(-1),
                        p -> p.sampledAnswers(-1),
                        p -> p.similar(1.5, USERS),
                        p -> p.similar(Double.NaN, USERS),
                        p -> p.similar(0.5, new long[0]),
                        p -> p.similar(0, USERS).rank(1.5, 2),
                        p -> p.similar(0, USERS).rank(-0.1, 2),
                        p -> p.similar(0.6, USERS).rank(0.5, 2),
                        p -> p.similar(0, USERS).rank(0.5, 0),
                        p -> p.similar(0, USERS).rank(0.5, USERS.length + 1),
                        p -> LoadPlan.to("localhost", 0, USERS),
                        p -> LoadPlan.to("localhost", 65_536, USERS),
                        p -> LoadPlan.to(" ", 1, USERS),
                        p -> LoadPlan.to("localhost", 1, new long[0]),
                        p -> LoadPlan.to("localhost", 1, new long[0]).rank(0.9, 2, COLUMNS),
                        p -> p.rank(0.5, 41, COLUMNS),
                        p -> p.search(0.5, new float[0][]),
                        p -> p.search(-0.5, VECTORS),
                        p -> p.search(0.5, new float[][] {{1}, {1, 2}}),
                        p -> p.similar(0.6, USERS).search(0.5, VECTORS));
        for (int i = 0; i < bad.size(); i++) {
            UnaryOperator<LoadPlanBuilder> wrong = bad.get(i);
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> wrong.apply(plan()).build(),
                            "case " + i);
            assertEquals(ErrorCode.USAGE, e.code());
            assertEquals(1, e.getMessage().lines().count());
        }
    }

    @Test
    void shouldPlanTheSameForTheSameSeed() {
        LoadPlanBuilder builder = plan().arrival(Arrival.POISSON).similar(0.3, USERS);
        LoadSchedule first = new LoadSchedule(builder.build());
        LoadSchedule second = new LoadSchedule(builder.build());
        LoadSchedule other = new LoadSchedule(builder.seed(2).build());
        assertEquals(first.count(), second.count());
        int differences = 0;
        for (int i = 0; i < first.count(); i++) {
            assertEquals(first.intendedNs(i), second.intendedNs(i));
            assertEquals(first.id(i), second.id(i));
            assertEquals(first.type(i), second.type(i));
            if (i < other.count() && first.intendedNs(i) != other.intendedNs(i)) {
                differences++;
            }
        }
        assertTrue(differences > 1_000);
        assertNotEquals(0, first.warmups());
    }

    @Test
    void shouldMixTypesByTheirShares() {
        LoadSchedule schedule =
                new LoadSchedule(
                        plan().ratePerSecond(10_000)
                                .similar(0.2, USERS)
                                .rank(0.3, 2)
                                .search(0.1, VECTORS)
                                .build());
        Map<RequestType, Integer> counts = new EnumMap<>(RequestType.class);
        Set<Integer> firsts = new HashSet<>();
        Set<Long> vectors = new HashSet<>();
        for (int i = 0; i < schedule.count(); i++) {
            counts.merge(schedule.type(i), 1, Integer::sum);
            firsts.add(schedule.variant(i) % USERS.length);
            if (schedule.type(i) == RequestType.SEARCH) {
                vectors.add(schedule.id(i));
            }
        }
        double all = schedule.count();
        assertEquals(0.2, counts.getOrDefault(RequestType.SIMILAR, 0) / all, 0.01);
        assertEquals(0.3, counts.getOrDefault(RequestType.RANK, 0) / all, 0.01);
        assertEquals(0.1, counts.getOrDefault(RequestType.SEARCH, 0) / all, 0.01);
        assertEquals(USERS.length, firsts.size());
        assertEquals(Set.of(0L, 1L), vectors);
        // What was asked before there were such requests is asked still.
        LoadPlanBuilder before = plan().similar(0.2, USERS);
        LoadSchedule with = new LoadSchedule(before.rank(0.3, 2).build());
        LoadSchedule without = new LoadSchedule(before.rank(0, 0).build());
        for (int i = 0; i < with.count(); i++) {
            assertEquals(without.id(i), with.id(i));
        }
    }

    @Test
    void shouldSpaceRequestsEvenlyWhenConstant() {
        LoadSchedule schedule =
                new LoadSchedule(
                        plan().ratePerSecond(3_000).warmupMs(1_000).durationMs(2_000).build());
        assertEquals(9_000, schedule.count());
        assertEquals(3_000, schedule.warmups());
        for (int i = 0; i < schedule.count(); i++) {
            assertEquals(i * 1e9 / 3_000, (double) schedule.intendedNs(i), 1);
        }
    }

    @Test
    void shouldSpaceRequestsExponentiallyWhenPoisson() {
        LoadSchedule schedule =
                new LoadSchedule(
                        plan().arrival(Arrival.POISSON)
                                .ratePerSecond(10_000)
                                .warmupMs(0)
                                .durationMs(10_000)
                                .build());
        double sum = 0;
        double squares = 0;
        for (int i = 1; i < schedule.count(); i++) {
            double gapUs = (schedule.intendedNs(i) - schedule.intendedNs(i - 1)) / 1e3;
            assertTrue(gapUs >= 0);
            sum += gapUs;
            squares += gapUs * gapUs;
        }
        double mean = sum / schedule.count();
        double deviation = Math.sqrt(squares / schedule.count() - mean * mean);
        assertEquals(100_000, schedule.count(), 2_000);
        assertEquals(100, mean, 2);
        assertEquals(100, deviation, 3);
        assertTrue(schedule.lastIntendedNs() < 10_000_000_000L);
    }

    @ParameterizedTest
    @EnumSource(Arrival.class)
    void shouldRaiseTheRateInAStraightLineWhenItIsARamp(Arrival arrival) {
        LoadSchedule schedule =
                new LoadSchedule(
                        plan().arrival(arrival)
                                .ratePerSecond(9_000)
                                .shape(new RateShape.Ramp(1_000))
                                .warmupMs(2_000)
                                .durationMs(10_000)
                                .build());
        // Four deviations of a Poisson count either side.
        assertEquals(2_000, schedule.warmups(), 4 * Math.sqrt(2_000));
        int[] bySecond = bySecond(schedule, 12);
        for (int second = 0; second < 12; second++) {
            double expected = second < 2 ? 1_000 : 1_000 + 800 * (second - 2 + 0.5);
            assertEquals(expected, bySecond[second], 4 * Math.sqrt(expected), "second " + second);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 0.5, CONSTANT", "10, 0.2, CONSTANT", "1.5, 1, POISSON"})
    void shouldKeepTheMeanRateWhenThereAreBursts(double factor, double period, Arrival arrival) {
        double rate = 20_000;
        LoadSchedule schedule =
                new LoadSchedule(
                        plan().arrival(arrival)
                                .ratePerSecond(rate)
                                .shape(new RateShape.Bursts(factor, period))
                                .warmupMs(0)
                                .durationMs(2_000)
                                .build());
        assertEquals(2 * rate, schedule.count(), 4 * Math.sqrt(2 * rate));
        int inBursts = 0;
        for (int i = 0; i < schedule.count(); i++) {
            double place = schedule.intendedNs(i) / 1e9 / period;
            inBursts += place - Math.floor(place) < 0.1 ? 1 : 0;
        }
        double expected = 2 * rate * 0.1 * factor;
        assertEquals(expected, inBursts, 4 * Math.sqrt(expected));
    }

    /** A plain loop in small steps of time, against the inverse of the integral. */
    @Test
    void shouldStartRequestsWhenTheIntegralOfTheRateSaysSo() {
        LoadPlan plan =
                plan().ratePerSecond(50)
                        .shape(new RateShape.Ramp(10))
                        .warmupMs(1_000)
                        .durationMs(3_000)
                        .build();
        LoadSchedule schedule = new LoadSchedule(plan);
        double sum = 0;
        int next = 0;
        double step = 1e-5;
        for (long i = 0; i < 400_000; i++) {
            if (sum >= next && next < schedule.count()) {
                assertEquals(i * step, schedule.intendedNs(next) / 1e9, 3 * step, "at " + next);
                next++;
            }
            double seconds = i * step;
            sum += step * (seconds < 1 ? 10 : 10 + 40 * (seconds - 1) / 3);
        }
        assertEquals(schedule.count(), next);
    }

    private static int[] bySecond(LoadSchedule schedule, int seconds) {
        int[] counts = new int[seconds];
        long before = 0;
        for (int i = 0; i < schedule.count(); i++) {
            assertTrue(schedule.intendedNs(i) >= before);
            before = schedule.intendedNs(i);
            counts[(int) (before / 1_000_000_000)]++;
        }
        return counts;
    }

    @Test
    void shouldRefuseShapesOutOfRange() {
        List<Supplier<LoadPlanBuilder>> bad =
                List.of(
                        () -> plan().shape(new RateShape.Ramp(-1)),
                        () -> plan().shape(new RateShape.Ramp(Double.NaN)),
                        () -> plan().shape(new RateShape.Ramp(5e6)).durationMs(60_000),
                        () -> plan().shape(new RateShape.Bursts(1, 1)),
                        () -> plan().shape(new RateShape.Bursts(10.1, 1)),
                        () -> plan().shape(new RateShape.Bursts(2, 0)));
        for (int i = 0; i < bad.size(); i++) {
            Supplier<LoadPlanBuilder> builder = bad.get(i);
            MillraceException e =
                    assertThrows(MillraceException.class, () -> builder.get().build(), "case " + i);
            assertEquals(ErrorCode.USAGE, e.code());
        }
    }

    @Test
    void shouldAskForPopularIdsMoreOftenWhenZipf() {
        int[] zipf = frequencies(Popularity.ZIPF);
        int[] uniform = frequencies(Popularity.UNIFORM);
        double zipfSum = 0;
        for (int r = 1; r <= USERS.length; r++) {
            zipfSum += Math.pow(r, -0.8);
        }
        assertEquals(100_000 / zipfSum, zipf[0], 400);
        assertEquals(100_000 * Math.pow(10, -0.8) / zipfSum, zipf[9], 200);
        assertEquals(100, uniform[0], 60);
        assertEquals(100, uniform[999], 60);
    }

    private static int[] frequencies(Popularity popularity) {
        LoadSchedule schedule =
                new LoadSchedule(
                        plan().popularity(popularity)
                                .ratePerSecond(100_000)
                                .warmupMs(0)
                                .durationMs(1_000)
                                .build());
        int[] counts = new int[USERS.length];
        for (int i = 0; i < schedule.count(); i++) {
            counts[(int) schedule.id(i)]++;
        }
        return counts;
    }

    @Test
    void shouldStartWhenRecordedRequestsDidForTheirUsers() {
        LoadTrace trace = new LoadTrace(new long[] {0, 0, 700_000, 900_000_000}, USERS_OF_TRACE);
        LoadPlan plan = LoadPlan.to("localhost", 1, new long[0]).trace(trace, 0).build();
        LoadSchedule schedule = new LoadSchedule(plan);
        assertEquals(4, schedule.count());
        assertEquals(0, schedule.warmups());
        for (int i = 0; i < 4; i++) {
            assertEquals(trace.startsNs()[i], schedule.intendedNs(i));
            assertEquals(USERS_OF_TRACE[i], schedule.id(i));
            assertEquals(RequestType.RECOMMEND, schedule.type(i));
        }
        assertEquals(901, plan.durationMs());
        LoadSchedule warmed =
                new LoadSchedule(
                        LoadPlan.to("localhost", 1, new long[0]).trace(trace, 500).build());
        assertEquals(3, warmed.warmups());
    }

    @Test
    void shouldStretchAndCutTraces() {
        LoadTrace trace =
                new LoadTrace(new long[] {0, 1_000, 1_500_000_000, 2_000_000_000}, USERS_OF_TRACE);
        assertEquals(1.5, trace.ratePerSecond(), 1e-12);
        LoadTrace fast = trace.atRate(15);
        assertEquals(15, fast.ratePerSecond(), 1e-6);
        assertEquals(List.of(0L, 100L, 150_000_000L, 200_000_000L), starts(fast));
        assertEquals(List.of(0L, 1_000L, 1_500_000_000L), starts(trace.first(1.5)));
        assertThrows(MillraceException.class, () -> trace.atRate(0));
        assertThrows(MillraceException.class, () -> trace.first(-1));
    }

    private static List<Long> starts(LoadTrace trace) {
        return Arrays.stream(trace.startsNs()).boxed().toList();
    }

    @Test
    void shouldRefuseWhatIsNoTrace() {
        long[] two = {1, 2};
        for (long[] starts : new long[][] {{0}, {0, 0}, {1, 2}, {0, 5, 4}, {0, 1, 2}}) {
            assertThrows(MillraceException.class, () -> new LoadTrace(starts, two));
        }
        assertEquals(2, new LoadTrace(new long[] {0, 1}, two).count());
        assertThrows(
                MillraceException.class,
                () -> new LoadTrace(new long[] {0, 5, 4}, new long[] {1, 2, 3}));
    }
}
