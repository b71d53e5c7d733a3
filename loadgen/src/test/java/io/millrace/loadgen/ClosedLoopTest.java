package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.FakeServer;
import io.millrace.client.message.RankColumns;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.loadgen.change.ChangeMix;
import io.millrace.loadgen.compare.IntervalRun;
import io.millrace.loadgen.plan.ClosedLoop;
import io.millrace.loadgen.plan.ClosedRequests;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadPlanBuilder;
import io.millrace.loadgen.plan.LoadTrace;
import io.millrace.loadgen.plan.RateShape;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.SecondPoint;
import io.millrace.loadgen.report.TypeReport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Loads that answers send, as a server meets them. */
@Timeout(60)
final class ClosedLoopTest {
    private static final long[] USERS = {11, 12, 13, 14, 15, 16, 17, 18};
    private static final long[] ITEMS = {1_001, 1_002, 1_003};
    private static final double NS_PER_MS = 1e6;
    private static final List<RankColumns.Column> COLUMNS =
            List.of(new RankColumns.Column("price", FormCode.NUMBERS, 1));

    @TempDir private Path folder;

    private static LoadPlanBuilder plan(int port, int underWay) {
        return LoadPlan.to("127.0.0.1", port, USERS)
                .connections(2)
                .closedLoop(underWay)
                .warmupMs(0)
                .durationMs(500)
                .timeoutMs(5_000);
    }

    /** Runs a plan, and makes sure that what was counted adds up. */
    private static LoadReport run(LoadPlanBuilder plan) {
        LoadReport report = LoadGenerator.run(plan.build(), ProgressListener.NONE);
        LoadCounts counts = report.counts();
        assertEquals(counts.sent(), counts.planned());
        assertEquals(
                counts.sent(),
                counts.answered() + counts.refused() + counts.errors(),
                "every request has one fate: " + counts);
        assertEquals(
                counts.sent(), report.types().stream().mapToLong(TypeReport::sent).sum(), "types");
        assertEquals(counts.answered(), report.latency().getTotalCount());
        assertEquals(
                counts.answered(), report.series().stream().mapToLong(SecondPoint::count).sum());
        return report;
    }

    /** The server answers nothing before as many are under way as there should be. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "2, 7", "4, 64"})
    void shouldHaveAsManyUnderWayAsWantedAndNeverMore(int connections, int underWay)
            throws Exception {
        try (HoldingServer server = new HoldingServer(underWay)) {
            LoadReport report = run(plan(server.port(), underWay).connections(connections));
            assertEquals(underWay, server.mostHeld());
            // But for the last ones, each was answered when all the others were under way.
            long answered = report.counts().answered();
            assertTrue(answered > 4L * underWay, report.counts().toString());
            assertTrue(server.answeredFull() >= answered - 2L * underWay, server.toString());
            assertEquals(0, report.counts().errors());
            assertEquals(0, report.counts().malformed());
            assertFalse(report.isPartial());
            assertEquals(connections, server.connectionsUsed());
        }
    }

    @Test
    void shouldEndWhenItsTimeIsOver() throws Exception {
        try (HoldingServer server = new HoldingServer(4)) {
            long startNs = System.nanoTime();
            LoadReport report = run(plan(server.port(), 4).warmupMs(200).durationMs(400));
            double tookMs = (System.nanoTime() - startNs) / NS_PER_MS;
            assertTrue(tookMs >= 600 && tookMs < 3_000, "took " + tookMs);
            // On a busy machine the last ones are seen late.
            assertTrue(server.spanMs() < 1_500, "requests over " + server.spanMs());
            assertTrue(server.spanMs() > 300, "requests over " + server.spanMs());
            // Those of the warm-up are not counted, though the last of them are answered later.
            assertTrue(report.counts().sent() < server.requests(), report.counts().toString());
            assertTrue(report.elapsedSeconds() >= 0.4, "" + report.elapsedSeconds());
        }
    }

    @Test
    void shouldCountFromTheSendingAndSaySo() throws IOException {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number == 50) {
                        Thread.sleep(200);
                    }
                    peer.answerSound();
                };
        Path log = folder.resolve("closed.hlog");
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report =
                    run(plan(server.port(), 1).connections(1).intervalLog(log).durationMs(600));
            // A stall meets the one request that is under way, and no other.
            assertTrue(report.latency().getMaxValue() / NS_PER_MS > 190);
            assertTrue(report.latency().getValueAtPercentile(90) / NS_PER_MS < 100);
            Figures figures = report.figures();
            assertEquals(1, figures.number("under_way"));
            for (String key :
                    List.of(
                            "rate_planned",
                            "planned",
                            "kept_plan",
                            "service.p50_us",
                            "dispatch_late",
                            "dispatch_lag.max_us",
                            "by_kind.recommend.planned")) {
                assertFalse(figures.has(key), key);
            }
            for (String key :
                    List.of(
                            "loop",
                            "loop.note",
                            "rate_achieved",
                            "sent",
                            "latency.p999_us",
                            "by_kind.recommend.sent",
                            "partial")) {
                assertTrue(figures.has(key), key);
            }
        }
        assertEquals(1, IntervalRun.read(log).underWay());
        assertTrue(
                Files.readString(log)
                        .startsWith(
                                "#[Latency from the sending, in nanoseconds; closed loop: 1 under"
                                        + " way; latencies leave out the time that requests would"
                                        + " have waited (coordinated omission)]"));
    }

    /** A request that is late still is under way at the server. */
    @Test
    void shouldWaitForLateAnswersBeforeItSendsMore() throws Exception {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number == 20) {
                        Thread.sleep(900);
                    }
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report =
                    run(plan(server.port(), 6).connections(1).timeoutMs(400).durationMs(1_500));
            // All six waited behind the one that stalled.
            assertEquals(6, report.counts().timeouts());
            assertEquals(6, report.counts().late());
            assertTrue(report.counts().answered() > 40, report.counts().toString());
        }
    }

    @Test
    void shouldSayThatAnswersStoppedAndSendNoMore() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number < 40) {
                        peer.answerSound();
                    }
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = run(plan(server.port(), 8).timeoutMs(300).durationMs(3_200));
            assertEquals(40, report.counts().answered());
            assertEquals(8, report.counts().timeouts());
            assertEquals(48, server.requests());
            assertTrue(report.stoppedAnswering());
            assertFalse(report.isPartial());
        }
    }

    @Test
    void shouldEndEarlyWithPartialResultsWhenTheServerHangsUp() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number >= 100) {
                        peer.hangUp();
                    } else {
                        peer.answerSound();
                    }
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            long startNs = System.nanoTime();
            LoadReport report = run(plan(server.port(), 8).durationMs(20_000));
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(8));
            assertTrue(report.isPartial());
            assertEquals(100, report.counts().answered());
            assertEquals(8, report.counts().lost());
            assertTrue(report.firstFailure().orElseThrow().startsWith("connection lost"));
            assertEquals(1, report.figures().number("partial"));
        }
    }

    @Test
    void shouldGoOnWithTheOtherConnectionsWhenOneIsLost() {
        AtomicBoolean hasHungUp = new AtomicBoolean();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number >= 100 && hasHungUp.compareAndSet(false, true)) {
                        peer.hangUp();
                    } else {
                        peer.answerSound();
                    }
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = run(plan(server.port(), 8));
            assertTrue(report.isPartial());
            assertEquals(4, report.counts().lost());
            assertTrue(report.counts().answered() > 150, report.counts().toString());
            assertTrue(report.elapsedSeconds() >= 0.5);
        }
    }

    @Test
    void shouldChangeWhatThePlanSays() {
        Set<Long> there = new HashSet<>();
        AtomicBoolean isSound = new AtomicBoolean(true);
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    synchronized (there) {
                        if (peer.isUpsert()) {
                            there.add(peer.upsert().itemId());
                        } else if (peer.isDelete() && !there.remove(peer.delete().itemId())) {
                            isSound.set(false);
                        }
                    }
                    if (peer.isSimilar() || peer.version() == 1) {
                        peer.answerSound();
                    } else {
                        peer.answerEmpty();
                    }
                };
        ChangeMix mix = new ChangeMix(0.2, 0.1, 0.2, 0.1, 50, false, COLUMNS, new float[0][]);
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report =
                    run(
                            plan(server.port(), 6)
                                    .timeoutMs(150)
                                    .durationMs(1_000)
                                    .similar(0.2, ITEMS)
                                    .sampledAnswers(3)
                                    .changes(mix));
            Figures figures = report.figures();
            double sent = figures.number("sent");
            assertTrue(sent > 500, "sent " + sent);
            assertEquals(0, report.counts().malformed());
            assertEquals(0.2, figures.number("by_kind.feedback.sent") / sent, 0.07);
            assertEquals(0.1, figures.number("by_kind.update.sent") / sent, 0.05);
            assertEquals(0.6, figures.number("by_kind.changes.sent") / sent, 0.08);
            assertTrue(figures.number("by_kind.delete.answered") > 0, "items were taken out");
            assertEquals(3, report.sampledAnswers().size(), "kept to be judged");
            assertTrue(isSound.get(), "an item was taken out that was not there");
        }
    }

    @Test
    void shouldAskTheSameWhenPlansAreEqual() {
        LoadPlan plan = plan(1, 5).connections(1).similar(0.3, ITEMS).seed(7).build();
        ClosedRequests first = new ClosedRequests(plan);
        ClosedRequests second = new ClosedRequests(plan);
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            // Which place a request goes to is a matter of the answers.
            int place = i % 5;
            int other = (3 * i + 1) % 5;
            first.draw(place, i);
            second.draw(other, 2L * i);
            assertEquals(first.type(place), second.type(other));
            assertEquals(first.id(place), second.id(other));
            assertEquals(first.variant(place), second.variant(other));
            ids.add(first.id(place));
        }
        assertEquals(USERS.length + ITEMS.length, ids.size());
    }

    @Test
    void shouldRefuseWhatIsNoClosedLoop() {
        LoadTrace trace = new LoadTrace(new long[] {0, 1_000_000_000}, new long[] {1, 2});
        assertRefused("fewer requests than connections", plan(1, 1));
        assertRefused("limit=256 (128 a connection)", plan(1, 257));
        assertRefused("has no plan", plan(1, 8).shape(new RateShape.Ramp(5)));
        assertRefused("has no plan", plan(1, 8).trace(trace, 0));
        assertRefused("underWay=-1", plan(1, -1));
        assertEquals(256, plan(1, 256).build().underWay());
        // There is no plan whose requests would have to fit into memory.
        assertTrue(plan(1, 256).ratePerSecond(0).durationMs(3_600_000).build().isClosedLoop());
        assertFalse(plan(1, 0).build().isClosedLoop());
    }

    private static void assertRefused(String part, LoadPlanBuilder plan) {
        MillraceException e = assertThrows(MillraceException.class, plan::build);
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    @Test
    void shouldBeFoundByItsLabel() {
        assertEquals(12, ClosedLoop.find("#[x; " + ClosedLoop.label(12) + "]").orElseThrow());
        assertTrue(ClosedLoop.find("#[Latency from the intended start]").isEmpty());
        assertTrue(ClosedLoop.find("closed loop: 99999999 under way").isEmpty());
    }
}
