package io.millrace.loadgen.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.metrics.ProcessUsage;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

final class LoadWatchTest {
    private static final ProcessUsage GENERATOR = new ProcessUsage(1, 0.5, 2, 3, 4, 5, 6, 7, 8, 9);
    private static final long START_MS = 10_000;

    /** What a watch that looks each second has seen, from a second before the start. */
    private static WatchReport report(FakeAdmin admin, int seconds, int lastTold) {
        List<WatchSample> early = new ArrayList<>();
        List<WatchSecond> all = new ArrayList<>();
        WatchSample told = null;
        WatchSample last = null;
        for (int i = 0; i <= seconds; i++) {
            WatchSample sample =
                    new WatchSample(
                            START_MS - 1_000 + 1_000L * i,
                            GENERATOR,
                            i <= lastTold ? admin.pages().page() : null);
            if (last != null) {
                all.add(WatchSecond.between(last, sample));
            }
            early.add(sample);
            told = sample.server() == null ? told : sample;
            last = sample;
        }
        return WatchReport.of(early, told, early.getLast(), all, START_MS);
    }

    @Test
    void shouldCountFromTheStartOfTheMeasuredPart() throws IOException {
        try (FakeAdmin admin = new FakeAdmin()) {
            WatchReport report = report(admin, 5, 5);
            // The sample at the start is the second one: four of the six questions came after it.
            assertEquals(4, report.seconds());
            ServerSample server = report.server().orElseThrow();
            assertEquals(4 * FakeAdmin.REQUESTS, server.answered());
            assertEquals(8, server.refused());
            assertEquals(12, server.degraded());
            assertEquals(4_000, server.servingBytes());
            assertEquals(4 * FakeAdmin.REQUESTS, server.service().getTotalCount());
            assertEquals(2, server.usage().cpuSeconds(), 1e-9);
            assertEquals(40, server.usage().voluntarySwitches());
            assertEquals(77 << 20, server.usage().residentBytes());
            assertTrue(report.isServerWhole());
            assertEquals(4, report.series().size());
            assertEquals(1, report.series().getFirst().endSeconds(), 1e-9);
        }
    }

    @Test
    void shouldShowAHiccupInTheSecondItWasIn() throws IOException {
        try (FakeAdmin admin = new FakeAdmin()) {
            List<WatchSecond> series = report(admin, 5, 5).series();
            assertEquals(50_000, series.getFirst().serverHiccupUs(), 1_000);
            for (WatchSecond second : series.subList(1, 4)) {
                assertEquals(1_000, second.serverHiccupUs(), 20, series.toString());
                assertEquals(0.5, second.serverCpu(), 1e-9);
            }
        }
    }

    @Test
    void shouldGiveFiguresOfBothProcessesAndOfStages() throws IOException {
        try (FakeAdmin admin = new FakeAdmin()) {
            Figures figures = report(admin, 5, 5).figures();
            assertEquals(0.5, figures.number("server.cpu"), 1e-9);
            assertEquals(0.25, figures.number("server.stolen"), 1e-9);
            assertEquals(0, figures.number("generator.cpu"));
            assertEquals(4 * FakeAdmin.REQUESTS, figures.number("server.answered"));
            assertEquals(25, figures.number("server.allocated_bytes_per_request"), 1e-9);
            assertEquals(2_000, figures.number("server.service.p99_us"), 20);
            assertEquals(1_000, figures.number("server.stage.rank.p50_us"), 10);
            assertEquals(1_000, figures.number("server.at_p99.rank_us"), 1e-6);
            assertEquals(2_000, figures.number("server.at_p50.service_us"), 1e-6);
            assertEquals(50_000, figures.number("server.hiccup.max_us"), 500);
            assertEquals(1, figures.number("server.whole"));
        }
    }

    @Test
    void shouldTellWhatItKnowsWhenTheServerStopsTelling() throws IOException {
        try (FakeAdmin admin = new FakeAdmin()) {
            WatchReport report = report(admin, 5, 3);
            assertFalse(report.isServerWhole());
            assertEquals(2 * FakeAdmin.REQUESTS, report.server().orElseThrow().answered());
            assertTrue(Double.isNaN(report.series().getLast().serverCpu()));
            assertEquals(0, report.figures().number("server.whole"));
        }
    }

    /** Differences of the counters of two processes would make no sense. */
    @Test
    void shouldTellNothingOfTheServerWhenAnotherTookItsPlace() throws IOException {
        try (FakeAdmin admin = new FakeAdmin()) {
            ServerPage before = admin.pages().page();
            admin.restart();
            ServerPage after = admin.pages().page();
            WatchSample first = new WatchSample(START_MS, GENERATOR, before);
            WatchSample last = new WatchSample(START_MS + 1_000, GENERATOR, after);
            WatchReport report =
                    WatchReport.of(
                            List.of(first),
                            last,
                            last,
                            List.of(WatchSecond.between(first, last)),
                            START_MS);
            assertTrue(report.server().isEmpty());
            assertFalse(report.figures().has("server.cpu"));
        }
    }

    @Test
    void shouldRefuseWhenNobodyAnswersAtTheStart() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        AdminPages pages = new AdminPages("127.0.0.1", port);
        MillraceException nobody =
                assertThrows(MillraceException.class, () -> LoadWatch.start(pages, 0));
        assertEquals(ErrorCode.UNAVAILABLE, nobody.code());
        assertTrue(nobody.getMessage().contains("--admin"), nobody.getMessage());
        try (FakeAdmin admin = new FakeAdmin()) {
            admin.status(404);
            MillraceException alien =
                    assertThrows(MillraceException.class, () -> LoadWatch.start(admin.pages(), 0));
            assertTrue(alien.getMessage().contains("status=404"), alien.getMessage());
            admin.status(200);
            admin.leaveOut("bands");
            MillraceException older =
                    assertThrows(MillraceException.class, () -> LoadWatch.start(admin.pages(), 0));
            assertTrue(older.getMessage().contains("no key 'bands'"), older.getMessage());
        }
    }
}
