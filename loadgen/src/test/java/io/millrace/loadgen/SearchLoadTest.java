package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.client.FakeServer;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.SearchRequestDecoder;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.SampledSearch;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Loads of searches for vectors. */
final class SearchLoadTest {
    private static final float[][] VECTORS = {{1, 0, 0.5f}, {-2, 3, 0}, {0, 0, 7}};

    @Test
    void shouldSearchForTheVectorsOfThePlan() throws InterruptedException {
        Map<String, Integer> asked = new ConcurrentHashMap<>();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    SearchRequestDecoder search = peer.search();
                    String flags = search.flags().rank() ? "ranked" : "found";
                    String head =
                            search.userId() + " " + search.deadlineUs() + " " + search.k() + " ";
                    byte[] bytes = new byte[search.vectorLength()];
                    search.getVector(bytes, 0, bytes.length);
                    float[] vector = new float[bytes.length / Float.BYTES];
                    VectorBytes.get(new UnsafeBuffer(bytes), 0, vector);
                    asked.merge(head + flags + Arrays.toString(vector), 1, Integer::sum);
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report =
                    LoadGeneratorTest.run(
                            LoadPlan.to("127.0.0.1", server.port(), new long[0])
                                    .warmupMs(0)
                                    .durationMs(300)
                                    .ratePerSecond(400)
                                    .search(1, VECTORS)
                                    .sampledAnswers(2)
                                    .deadlineUs(70_000)
                                    .k(4));
            assertEquals(report.counts().planned(), report.counts().answered());
            assertEquals(0, report.counts().malformed());
            assertEquals(
                    Arrays.stream(VECTORS)
                            .map(vector -> "-1 70000 4 found" + Arrays.toString(vector))
                            .collect(Collectors.toSet()),
                    asked.keySet());
            List<SampledSearch> kept = report.sampledSearches();
            assertEquals(2, kept.stream().map(SampledSearch::vector).distinct().count());
            assertEquals(2, kept.size());
            assertEquals("[1, 2, 3, 4]", Arrays.toString(kept.getFirst().itemIds()));
            assertEquals(List.of(), report.sampledAnswers());
        }
    }
}
