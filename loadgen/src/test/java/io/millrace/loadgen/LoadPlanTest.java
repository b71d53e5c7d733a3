package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

final class LoadPlanTest {
    private static final long[] USERS = LongStream.range(0, 1_000).toArray();

    private static LoadPlan.Builder plan() {
        return LoadPlan.to("localhost", 7_311, USERS);
    }

    @Test
    void shouldRefuseValuesOutOfRange() {
        List<UnaryOperator<LoadPlan.Builder>> bad =
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
                        p -> LoadPlan.to("localhost", 0, USERS),
                        p -> LoadPlan.to("localhost", 65_536, USERS),
                        p -> LoadPlan.to(" ", 1, USERS),
                        p -> LoadPlan.to("localhost", 1, new long[0]));
        for (int i = 0; i < bad.size(); i++) {
            LoadPlan.Builder builder = bad.get(i).apply(plan());
            MillraceException e =
                    assertThrows(MillraceException.class, builder::build, "case " + i);
            assertEquals(ErrorCode.USAGE, e.code());
            assertEquals(1, e.getMessage().lines().count());
        }
    }

    @Test
    void shouldPlanTheSameForTheSameSeed() {
        LoadPlan.Builder builder = plan().arrival(Arrival.POISSON).similar(0.3, USERS);
        LoadSchedule first = new LoadSchedule(builder.build());
        LoadSchedule second = new LoadSchedule(builder.build());
        LoadSchedule other = new LoadSchedule(builder.seed(2).build());
        assertEquals(first.count(), second.count());
        int differences = 0;
        for (int i = 0; i < first.count(); i++) {
            assertEquals(first.intendedNs(i), second.intendedNs(i));
            assertEquals(first.id(i), second.id(i));
            assertEquals(first.isSimilar(i), second.isSimilar(i));
            if (i < other.count() && first.intendedNs(i) != other.intendedNs(i)) {
                differences++;
            }
        }
        assertTrue(differences > 1_000);
        assertNotEquals(0, first.warmups());
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
}
