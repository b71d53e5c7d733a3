package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.Status;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.request.RequestKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Frames that ask for what was counted, however long that takes. */
@Timeout(60)
class StatsFrameTest {
    private static final String MEASURED = "measured";

    @Test
    void shouldTellWhatWasCountedWhenAsked() throws IOException {
        try (MillraceServer server = start(() -> 7.5);
                WireClient client = new WireClient(server.port())) {
            for (int i = 0; i < 3; i++) {
                client.ask(Frames.recommend(i, 10, 2));
            }
            client.send(Frames.stats(9));
            Map<String, Double> samples = client.stats();
            assertEquals(3, samples.get("requests_total{kind=\"recommend\",status=\"ok\"}"));
            assertEquals(3, samples.get("service_seconds_count"));
            assertEquals(7.5, samples.get(MEASURED));
            double median = samples.getOrDefault("service_seconds{quantile=\"0.5\"}", -1.0);
            assertTrue(median > 0);
            assertTrue(median <= samples.getOrDefault("service_seconds{quantile=\"1\"}", -1.0));
            assertTrue(samples.containsKey("stage_seconds{stage=\"rank\",quantile=\"0.99\"}"));
            client.send(Frames.stats(10));
            assertEquals(1, client.stats().get("requests_total{kind=\"stats\",status=\"ok\"}"));
        }
    }

    @Test
    void shouldGoOnWithRequestsWhenGatheringTakesLong() throws IOException {
        Semaphore gate = new Semaphore(0);
        int waiting = 64;
        try (MillraceServer server =
                        start(
                                () -> {
                                    gate.acquireUninterruptibly();
                                    return 1.0;
                                });
                WireClient asking = new WireClient(server.port());
                WireClient client = new WireClient(server.port())) {
            for (int i = 0; i < waiting + 20; i++) {
                asking.send(Frames.stats(i));
            }
            for (int i = 0; i < 100; i++) {
                assertEquals(Status.OK, client.ask(Frames.recommend(i, 10, 2)).status());
            }
            for (int i = 0; i < 19; i++) {
                Result refused = asking.result();
                assertEquals(Status.OVERLOADED, refused.status());
                assertTrue(refused.correlationId() > waiting, refused::toString);
            }
            gate.release(Integer.MAX_VALUE / 2);
            for (int i = 0; i < waiting + 1; i++) {
                assertEquals(1.0, asking.stats().get(MEASURED));
            }
            assertEquals(0, server.statistics().inFlight());
            assertEquals(19, server.statistics().count(RequestKind.STATS, Status.OVERLOADED));
        }
    }

    @Test
    void shouldAnswerWithErrorWhenGatheringFails() throws IOException {
        try (MillraceServer server =
                        start(
                                () -> {
                                    throw new IllegalStateException("on purpose");
                                });
                WireClient client = new WireClient(server.port())) {
            Result failed = client.ask(Frames.stats(5));
            assertEquals(Status.INTERNAL, failed.status());
            assertEquals(5, failed.correlationId());
            assertEquals(Status.OK, client.ask(Frames.recommend(6, 10, 2)).status());
            assertEquals(0, server.statistics().inFlight());
        }
    }

    @Test
    void shouldAnswerWhatWasBegunWhenStopping() throws IOException {
        Semaphore gate = new Semaphore(0);
        Semaphore begun = new Semaphore(0);
        try (MillraceServer server =
                        start(
                                () -> {
                                    begun.release();
                                    gate.acquireUninterruptibly();
                                    return 1.0;
                                });
                WireClient client = new WireClient(server.port())) {
            client.send(Frames.stats(1));
            begun.acquireUninterruptibly();
            CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
            gate.release();
            assertEquals(1.0, client.stats().get(MEASURED));
            assertTrue(client.isEnded());
            closed.join();
        }
    }

    private static MillraceServer start(Supplier<Double> gauge) {
        return MillraceServer.start(
                TestServers.config().with("limits.inFlightPerConnection", 256),
                new Measured(new FakeFunnel(), gauge));
    }

    /** A funnel that measures something as well. */
    private record Measured(FakeFunnel funnel, Supplier<Double> gauge) implements Funnel {
        @Override
        public Catalogue catalogue() {
            return funnel.catalogue();
        }

        @Override
        public FunnelWorker newWorker() {
            return funnel.newWorker();
        }

        @Override
        public List<Gauge> gauges() {
            return List.of(Gauge.of(MEASURED, "Whatever the test says.", gauge.get()));
        }
    }
}
