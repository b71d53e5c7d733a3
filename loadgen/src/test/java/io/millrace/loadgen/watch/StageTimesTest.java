package io.millrace.loadgen.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.metrics.StageBand;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class StageTimesTest {
    /** Slow requests are slow for another reason than most: by retrieval, not by ranking. */
    private static long[][] requests() {
        SplitRandom random = new SplitRandom(11);
        long[][] requests = new long[20_000][];
        for (int i = 0; i < requests.length; i++) {
            boolean isSlow = i % 50 == 0;
            long rank = 1_000_000L + random.nextInt(200_000);
            long retrieve = isSlow ? 8_000_000L + random.nextInt(4_000_000) : 300_000;
            requests[i] = new long[] {retrieve, rank, retrieve + rank + 10_000};
        }
        return requests;
    }

    private static List<StageBand> bands(long[][] requests) {
        Map<Integer, StageBand> bands = new HashMap<>();
        for (long[] request : requests) {
            StageBand one =
                    new StageBand(
                            StageBand.of(request[2]),
                            1,
                            request[2],
                            Map.of("retrieve", request[0], "rank", request[1]));
            bands.merge(one.band(), one, StageTimesTest::sum);
        }
        return new ArrayList<>(bands.values());
    }

    private static StageBand sum(StageBand one, StageBand other) {
        Map<String, Long> stages = new HashMap<>(one.stagesNs());
        other.stagesNs().forEach((stage, ns) -> stages.merge(stage, ns, Long::sum));
        return new StageBand(
                one.band(),
                one.count() + other.count(),
                one.serviceNs() + other.serviceNs(),
                stages);
    }

    /** Means of the sorted requests around a place, in microseconds: retrieve, rank, all. */
    private static double[] plainMeans(long[][] requests, double from, double to) {
        long[][] sorted = requests.clone();
        Arrays.sort(sorted, Comparator.comparingLong(request -> request[2]));
        double[] sums = new double[3];
        int first = (int) (from * sorted.length);
        int last = (int) (to * sorted.length);
        for (int i = first; i < last; i++) {
            for (int j = 0; j < sums.length; j++) {
                sums[j] += sorted[i][j] / 1e3 / (last - first);
            }
        }
        return sums;
    }

    @Test
    void shouldTellWhereTheTimeOfTypicalAndOfSlowRequestsGoes() {
        long[][] requests = requests();
        StageTimes median = StageTimes.at(bands(requests), 0.5);
        double[] plain = plainMeans(requests, 0.45, 0.55);
        assertEquals(plain[0], median.stagesUs().getOrDefault("retrieve", 0.0), 0.05 * plain[0]);
        assertEquals(plain[1], median.stagesUs().getOrDefault("rank", 0.0), 0.1 * plain[1]);
        assertEquals(plain[2], median.serviceUs(), 0.1 * plain[2]);
        StageTimes slow = StageTimes.at(bands(requests), 0.99);
        plain = plainMeans(requests, 0.985, 0.995);
        assertEquals(plain[0], slow.stagesUs().getOrDefault("retrieve", 0.0), 0.1 * plain[0]);
        assertEquals(plain[2], slow.serviceUs(), 0.1 * plain[2]);
        assertTrue(slow.stagesUs().getOrDefault("retrieve", 0.0) > 8_000, slow.toString());
    }

    @Test
    void shouldAddUpWhenStagesFillTheTime() {
        StageTimes times = StageTimes.at(bands(requests()), 0.99);
        double sum = times.stagesUs().values().stream().mapToDouble(Double::doubleValue).sum();
        assertEquals(times.serviceUs() - 10, sum, 1e-6);
    }

    @Test
    void shouldTellNothingWhenNothingWasServed() {
        assertEquals(new StageTimes(0, Map.of()), StageTimes.at(List.of(), 0.5));
    }
}
