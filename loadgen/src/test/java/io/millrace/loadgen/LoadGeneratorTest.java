package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.FakeServer;
import io.millrace.client.MillraceClient;
import io.millrace.client.connection.ClientSecurity;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.thread.RealTimePriority;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.loadgen.plan.Arrival;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadPlanBuilder;
import io.millrace.loadgen.plan.LoadSchedule;
import io.millrace.loadgen.plan.SendPriority;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.LoadTally;
import io.millrace.loadgen.report.SampledAnswer;
import io.millrace.loadgen.report.SecondPoint;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

final class LoadGeneratorTest {
    private static final long[] USERS = {11, 12, 13, 14, 15, 16, 17, 18};
    private static final long[] ITEMS = {1_001, 1_002, 1_003};
    private static final double NS_PER_MS = 1e6;
    private static final LoadPlan ANY_PLAN = LoadPlan.to("127.0.0.1", 1, USERS).build();

    @TempDir private Path folder;

    static LoadPlanBuilder plan(FakeServer server) {
        return LoadPlan.to("127.0.0.1", server.port(), USERS)
                .connections(2)
                .warmupMs(0)
                .durationMs(500)
                .ratePerSecond(400)
                .timeoutMs(2_000);
    }

    /** Runs a plan, and makes sure that what was counted adds up. */
    static LoadReport run(LoadPlanBuilder plan) {
        LoadReport report = LoadGenerator.run(plan.build(), ProgressListener.NONE);
        LoadCounts counts = report.counts();
        assertEquals(
                counts.planned(),
                counts.answered() + counts.refused() + counts.errors(),
                "every request has one fate: " + counts);
        assertEquals(counts.answered(), report.latency().getTotalCount());
        assertEquals(counts.answered(), report.service().getTotalCount());
        assertEquals(counts.sent(), report.dispatchLag().getTotalCount());
        assertEquals(
                counts.answered(), report.series().stream().mapToLong(SecondPoint::count).sum());
        return report;
    }

    @Test
    void shouldKeepThePlanWhenTheRateIsLow() {
        try (FakeServer server = FakeServer.sound()) {
            // The machine may be busy with something else: then the verdict is rightly no.
            LoadReport report = run(plan(server).ratePerSecond(100));
            for (int i = 0; i < 6 && !report.keptPlan(); i++) {
                report = run(plan(server).ratePerSecond(100));
            }
            assertTrue(report.keptPlan());
            assertEquals(50, report.counts().answered());
            assertEquals(0, report.counts().errors());
            assertEquals(0, report.counts().malformed());
            assertEquals(100, report.ratePerSecond(), 5);
            assertFalse(report.isPartial());
            assertTrue(report.firstFailure().isEmpty());
        }
    }

    @Test
    void shouldSendAtTheHighestPriorityThatItIsPermittedUnlessToldOtherwise() {
        boolean isPermitted =
                CompletableFuture.supplyAsync(
                                RealTimePriority::takeForThisThread,
                                task -> new Thread(task).start())
                        .join();
        try (FakeServer server = FakeServer.sound()) {
            assertEquals(isPermitted, run(plan(server)).isRealTime());
            assertFalse(run(plan(server).priority(SendPriority.USUAL)).isRealTime());
        }
    }

    @Test
    void shouldAskWhatThePlanSaysAndCountOnlyAfterTheWarmUp() throws InterruptedException {
        Set<Long> users = new HashSet<>();
        Set<Long> items = new HashSet<>();
        AtomicBoolean isAsPlanned = new AtomicBoolean(true);
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    synchronized (users) {
                        if (peer.isSimilar()) {
                            items.add(peer.similar().itemId());
                        } else {
                            users.add(peer.recommend().userId());
                            if (peer.recommend().timestampMs() != 77
                                    || peer.recommend().deadlineUs() != 5_000) {
                                isAsPlanned.set(false);
                            }
                        }
                    }
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report =
                    run(
                            plan(server)
                                    .warmupMs(250)
                                    .similar(0.25, ITEMS)
                                    .timestampMs(77)
                                    .deadlineUs(5_000)
                                    .k(3)
                                    .arrival(Arrival.POISSON)
                                    .sampledAnswers(5));
            LoadSchedule schedule = new LoadSchedule(report.plan());
            assertEquals(schedule.count(), server.requests());
            assertEquals(schedule.count() - schedule.warmups(), report.counts().answered());
            assertEquals(0, report.counts().malformed());
            assertTrue(isAsPlanned.get());
            synchronized (users) {
                assertEquals(Set.of(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L), users);
                assertEquals(Set.of(1_001L, 1_002L, 1_003L), items);
            }
            assertEquals(5, report.sampledAnswers().size());
            assertEquals(
                    5,
                    report.sampledAnswers().stream().map(SampledAnswer::userId).distinct().count());
            SampledAnswer sample = report.sampledAnswers().getFirst();
            assertEquals(List.of(1L, 2L, 3L), Arrays.stream(sample.itemIds()).boxed().toList());
            assertEquals(0.5f, sample.scores()[2]);
            assertEquals(300, sample.retrieved());
            assertEquals(200, sample.ranked());
        }
    }

    @Test
    void shouldShowAStallInEveryRequestItHeldUpWhenTheServerStalls() throws InterruptedException {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number == 50) {
                        Thread.sleep(200);
                    }
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = run(plan(server).connections(1).durationMs(600).ratePerSecond(500));
            // 100 of 300 requests came during the stall, and waited 100 ms on average.
            double stalledMs = report.latency().getValueAtPercentile(85) / NS_PER_MS;
            assertTrue(stalledMs > 60, "p85=" + stalledMs);
            assertTrue(report.latency().getMaxValue() / NS_PER_MS > 190);
        }
        // The same stall, asked one by one: a closed loop leaves out what it should have sent.
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client =
                        MillraceClient.of("127.0.0.1", server.port(), Duration.ofSeconds(2))) {
            Histogram closed = new Histogram(3);
            for (int i = 0; i < 300; i++) {
                long startNs = System.nanoTime();
                assertTrue(client.recommend(11, 10).isOk());
                closed.recordValue(System.nanoTime() - startNs);
            }
            assertTrue(closed.getMaxValue() / NS_PER_MS > 190);
            assertTrue(closed.getValueAtPercentile(85) / NS_PER_MS < 60);
        }
    }

    @Test
    void shouldShowItsOwnStallInLatencyButNotInServiceTime() throws InterruptedException {
        try (FakeServer server = FakeServer.sound();
                LoadLoop loop =
                        LoadLoop.connect(
                                "127.0.0.1",
                                server.port(),
                                1,
                                2_000,
                                SendPriority.USUAL,
                                ClientSecurity.NONE);
                LoadTally tally = new LoadTally(ANY_PLAN)) {
            LoadPlan plan = plan(server).connections(1).durationMs(600).ratePerSecond(500).build();
            LoadRun run =
                    new PlannedRun(
                            plan,
                            new LoadSchedule(plan),
                            tally,
                            loop.eventLoop(),
                            loop.connections());
            loop.eventLoop()
                    .schedule(LoadGeneratorTest::stall, 200, TimeUnit.MILLISECONDS)
                    .addListener(stalled -> assertTrue(stalled.isSuccess()));
            run.start();
            assertTrue(run.await(5_000));
            assertEquals(300, tally.latency().getTotalCount());
            assertTrue(tally.latency().getValueAtPercentile(85) / NS_PER_MS > 60);
            assertTrue(tally.service().getValueAtPercentile(85) / NS_PER_MS < 60);
            assertTrue(tally.dispatchLag().getMaxValue() / NS_PER_MS > 180);
            assertTrue(tally.counts(300).lateDispatches() > 80);
        }
    }

    @Test
    void shouldGiveUpTheRestOfThePlanWhenItsTimeIsOver() throws InterruptedException {
        try (FakeServer server = FakeServer.sound();
                LoadLoop loop =
                        LoadLoop.connect(
                                "127.0.0.1",
                                server.port(),
                                1,
                                2_000,
                                SendPriority.USUAL,
                                ClientSecurity.NONE);
                LoadTally tally = new LoadTally(ANY_PLAN)) {
            LoadPlan plan =
                    plan(server)
                            .connections(1)
                            .durationMs(100)
                            .ratePerSecond(20_000)
                            .timeoutMs(50)
                            .build();
            LoadRun run =
                    new PlannedRun(
                            plan,
                            new LoadSchedule(plan),
                            tally,
                            loop.eventLoop(),
                            loop.connections());
            run.start();
            loop.eventLoop().execute(LoadGeneratorTest::stall);
            assertTrue(run.await(5_000));
            LoadCounts counts = tally.counts(2_000);
            assertTrue(counts.sent() <= 256, counts.toString());
            assertEquals(2_000, counts.answered() + counts.errors());
            assertTrue(counts.lost() >= 2_000 - 256, counts.toString());
        }
    }

    private static void stall() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldEndInTimeWhenTheServerStopsAnswering() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number < 40) {
                        peer.answerSound();
                    }
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            long startNs = System.nanoTime();
            LoadReport report = run(plan(server).timeoutMs(1_000));
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(4));
            assertEquals(40, report.counts().answered());
            assertEquals(160, report.counts().timeouts());
            assertEquals(160, report.counts().errors());
            assertEquals("not answered in time", report.firstFailure().orElseThrow());
            assertFalse(report.isPartial());
        }
    }

    @Test
    void shouldCountALateAnswerAsTimeoutOnly() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number == 10) {
                        Thread.sleep(700);
                    }
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = run(plan(server).connections(1).ratePerSecond(100).timeoutMs(400));
            assertTrue(report.counts().timeouts() >= 10, report.counts().toString());
            assertEquals(report.counts().timeouts(), report.counts().late());
            assertTrue(report.latency().getMaxValue() / NS_PER_MS < 520);
        }
    }

    @Test
    void shouldEndEarlyWithPartialResultsWhenTheServerHangsUp() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number >= 30) {
                        peer.hangUp();
                    } else {
                        peer.answerSound();
                    }
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            long startNs = System.nanoTime();
            LoadReport report = run(plan(server).durationMs(20_000));
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(8));
            assertTrue(report.isPartial());
            assertFalse(report.keptPlan());
            assertEquals(8_000, report.counts().planned());
            assertEquals(30, report.counts().answered());
            assertEquals(7_970, report.counts().lost());
            assertTrue(report.counts().sent() < 1_000);
            assertTrue(report.firstFailure().orElseThrow().startsWith("connection lost"));
            assertEquals(1, report.figures().number("partial"));
        }
    }

    @Test
    void shouldGoOnWithTheOtherConnectionsWhenOneIsLost() {
        AtomicBoolean hasHungUp = new AtomicBoolean();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number >= 30 && hasHungUp.compareAndSet(false, true)) {
                        peer.hangUp();
                    } else {
                        peer.answerSound();
                    }
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = run(plan(server));
            assertTrue(report.isPartial());
            assertTrue(report.counts().answered() >= 100, report.counts().toString());
            assertTrue(report.counts().lost() >= 70, report.counts().toString());
        }
    }

    @Test
    void shouldCountAnswersThatMakeNoSense() {
        float nan = Float.NaN;
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    ReasonCode none = ReasonCode.NONE;
                    switch (number % 10) {
                        case 0 -> peer.answer(Status.OK, none, new long[] {1, 2, 1}, 1, "");
                        case 1 -> peer.answer(Status.OK, none, new long[] {1, 2, 3}, nan, "");
                        case 2 -> peer.answer(Status.OK, none, new long[] {1, 2}, 1, "");
                        case 3 -> peer.answer(Status.OK, none, new long[] {1, 2, 3, 4}, 1, "");
                        case 4 -> {
                            ReasonCode fewer = ReasonCode.FEWER_THAN_K;
                            peer.answer(Status.OK, fewer, new long[] {1, 2}, 1, "");
                        }
                        case 5 -> {
                            ReasonCode relaxed = ReasonCode.RULES_RELAXED;
                            peer.answer(Status.OK, relaxed, new long[] {1, 2, 3}, 1, "");
                        }
                        default -> peer.answerSound();
                    }
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = run(plan(server).k(3));
            assertEquals(200, report.counts().answered());
            assertEquals(80, report.counts().malformed());
            assertEquals(20, report.counts().degraded());
            assertEquals(20, report.figures().number("degraded.no_rules"));
            assertEquals(0, report.figures().number("degraded.narrow_search"));
        }
    }

    @Test
    void shouldFindAnAnswerMalformedWhenAnItemIsLikeItself() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    long own = number < 50 ? peer.similar().itemId() : 3;
                    peer.answer(Status.OK, ReasonCode.NONE, new long[] {1, own}, 1, "");
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = run(plan(server).k(2).similar(1, ITEMS));
            assertEquals(50, report.counts().malformed());
        }
    }

    @Test
    void shouldTellRefusalsFromFailures() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    Status status =
                            switch (number % 4) {
                                case 0 -> Status.OVERLOADED;
                                case 1 -> Status.DEADLINE_EXCEEDED;
                                case 2 -> Status.INTERNAL;
                                default -> Status.OK;
                            };
                    long[] ids = status == Status.OK ? new long[] {5} : new long[0];
                    peer.answer(status, ReasonCode.NONE, ids, 1, ids.length == 0 ? "why" : "");
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = run(plan(server).k(1).connections(1));
            assertEquals(100, report.counts().refused());
            assertEquals(50, report.counts().failed());
            assertEquals(50, report.counts().answered());
            assertEquals("OVERLOADED: why", report.firstFailure().orElseThrow());
        }
    }

    @Test
    void shouldDropTheConnectionWhenItAnswersGarbage() {
        byte[] garbage = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        FakeServer.Behaviour behaviour = (peer, number) -> peer.raw(garbage, garbage.length);
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = run(plan(server).durationMs(20_000));
            assertTrue(report.isPartial());
            assertEquals(8_000, report.counts().lost());
            assertTrue(report.firstFailure().orElseThrow().contains("not a frame"));
        }
    }

    @Test
    void shouldWriteFiguresAndLogs() throws IOException {
        Path hiccups = folder.resolve("hiccup.hlog");
        Path intervals = folder.resolve("latency.hlog");
        AtomicLong told = new AtomicLong();
        ProgressListener progress =
                (name, total) ->
                        new ProgressListener.Stage() {
                            @Override
                            public void advance(long steps) {
                                told.addAndGet(steps);
                            }

                            @Override
                            public void note(String text) {}

                            @Override
                            public void close() {}
                        };
        try (FakeServer server = FakeServer.sound()) {
            LoadPlan plan =
                    plan(server)
                            .durationMs(1_300)
                            .hiccupLog(hiccups)
                            .intervalLog(intervals)
                            .build();
            LoadReport report = LoadGenerator.run(plan, progress);
            assertEquals(1_300, told.get());
            Figures figures = report.figures();
            assertEquals(400, figures.number("rate_planned"));
            assertEquals(520, figures.number("answered"));
            assertEquals(
                    report.latency().getValueAtPercentile(99) / 1e3,
                    figures.number("latency.p99_us"));
            for (String key :
                    List.of(
                            "rate_achieved",
                            "sent",
                            "errors",
                            "refused",
                            "degraded",
                            "malformed",
                            "latency.p50_us",
                            "latency.p90_us",
                            "latency.p999_us",
                            "latency.max_us",
                            "latency.mean_us",
                            "service.p50_us",
                            "service.mean_us",
                            "hiccup.max_us",
                            "dispatch_lag.max_us",
                            "kept_plan")) {
                assertTrue(figures.has(key), key);
            }
            assertEquals(2, report.series().size());
            assertEquals(
                    List.of(1_000L, 2_000L),
                    report.series().stream().map(SecondPoint::endMs).toList());
        }
        assertEquals(520, loggedValues(intervals));
        assertTrue(loggedValues(hiccups) > 100);
    }

    private static long loggedValues(Path log) throws IOException {
        assertTrue(Files.size(log) > 0);
        long count = 0;
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            while (reader.hasNext()) {
                if (reader.nextIntervalHistogram() instanceof Histogram histogram) {
                    count += histogram.getTotalCount();
                }
            }
        }
        return count;
    }

    @Test
    void shouldSayWhenALogCannotBeWritten() {
        try (FakeServer server = FakeServer.sound()) {
            LoadPlan plan = plan(server).intervalLog(folder.resolve("none/latency.hlog")).build();
            assertThrows(
                    MillraceException.class, () -> LoadGenerator.run(plan, ProgressListener.NONE));
        }
    }

    @Test
    void shouldSayWhenNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        LoadPlan plan = LoadPlan.to("127.0.0.1", port, USERS).build();
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> LoadGenerator.run(plan, ProgressListener.NONE));
        assertEquals(ErrorCode.UNAVAILABLE, e.code());
    }

    @Test
    void shouldEstimateNoMoreThanTheServerCanDo() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    Thread.sleep(1);
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            CapacityEstimate estimate =
                    CapacityProbe.estimate("127.0.0.1", server.port(), USERS, 10, 600);
            // Two connections, a millisecond and more a request.
            assertTrue(estimate.ratePerSecond() < 2_100, estimate.toString());
            assertTrue(estimate.ratePerSecond() > 100, estimate.toString());
            assertEquals(0, estimate.notAnswered());
            assertEquals(32, estimate.figures().number("closed_loop.depth"));
        }
    }

    @Test
    void shouldSayWhenTheServerGoesAwayDuringAProbe() {
        FakeServer.Behaviour behaviour = (peer, number) -> peer.hangUp();
        try (FakeServer server = new FakeServer(behaviour)) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    CapacityProbe.estimate(
                                            "127.0.0.1", server.port(), USERS, 10, 5_000));
            assertEquals(ErrorCode.UNAVAILABLE, e.code());
        }
    }
}
