package io.millrace.client;

import static io.millrace.client.Clients.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;

import io.millrace.client.message.Answer;
import io.millrace.core.error.ErrorCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(60)
final class CloseTest {
    @TempDir private Path folder;

    private final AtomicInteger dumps = new AtomicInteger();

    @Test
    void shouldLetWhatWasAskedFinish() throws InterruptedException {
        CountDownLatch released = new CountDownLatch(1);
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    released.await();
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            MillraceClient client =
                    Clients.of(server)
                            .inFlightPerConnection(1)
                            .closeWithin(Duration.ofSeconds(20))
                            .build();
            CompletableFuture<Answer> underWay = Clients.recommend(client, 1);
            CompletableFuture<Answer> waiting = Clients.recommend(client, 2);
            Eventually.isTrue(() -> server.requests() == 1, "a request");
            Thread closing = Thread.ofPlatform().start(client::close);
            Eventually.isTrue(() -> isClosing(client), "that nothing more is taken");
            released.countDown();
            assertEquals(3, underWay.join().itemIds().length);
            assertEquals(3, waiting.join().itemIds().length);
            closing.join();
        }
    }

    private static boolean isClosing(MillraceClient client) {
        return client.async()
                .within(Duration.ofMillis(1))
                .ping()
                .handle((status, e) -> String.valueOf(e).contains("the client is closed"))
                .join();
    }

    @Test
    void shouldFailWhatIsNotAnsweredWithinTheLimit() throws InterruptedException {
        try (FakeServer server = new FakeServer((peer, number) -> {})) {
            MillraceClient client =
                    Clients.of(server)
                            .inFlightPerConnection(1)
                            .closeWithin(Duration.ofMillis(30))
                            .build();
            CompletableFuture<Answer> underWay = Clients.recommend(client, 1);
            CompletableFuture<Answer> waiting = Clients.recommend(client, 2);
            Eventually.isTrue(() -> server.requests() == 1, "a request");
            client.close();
            String text = "the client is closed: request=recommend";
            assertFails(ErrorCode.UNAVAILABLE, text, underWay);
            assertFails(ErrorCode.UNAVAILABLE, text, waiting);
            assertFails(ErrorCode.UNAVAILABLE, text, Clients.recommend(client, 3));
            assertFails(ErrorCode.UNAVAILABLE, "request=ping", client::ping);
            client.close();
        }
    }

    @Test
    void shouldWaitNoLongerWhenInterrupted() throws InterruptedException {
        try (FakeServer server = new FakeServer((peer, number) -> {})) {
            MillraceClient client = Clients.of(server).closeWithin(Duration.ofHours(1)).build();
            CompletableFuture<Answer> underWay = Clients.recommend(client, 1);
            Eventually.isTrue(() -> server.requests() == 1, "a request");
            Thread.currentThread().interrupt();
            client.close();
            assertTrue(Thread.interrupted(), "the caller stays interrupted");
            assertFails(ErrorCode.UNAVAILABLE, "the client is closed", underWay);
        }
    }

    @Test
    void shouldLeaveNoThreadWhenClosed() throws InterruptedException {
        try (FakeServer server = FakeServer.sound();
                MillraceClient client = Clients.of(server).build()) {
            Clients.recommend(client, 1).join();
            assertTrue(hasThreads(), "it has a thread while it is open");
        }
        try (FakeServer deaf = FakeServer.deaf(9, (peer, number) -> {})) {
            MillraceClient client = Clients.of(deaf).closeWithin(Duration.ZERO).build();
            CompletableFuture<Answer> unanswered = Clients.recommend(client, 1);
            client.close();
            assertFails(ErrorCode.UNAVAILABLE, "the client is closed", unanswered);
        }
        // Threads that bring the last answers end by themselves.
        Eventually.isTrue(() -> !hasThreads(), "the end of all threads");
    }

    /** Of all threads, the virtual ones among them. */
    private boolean hasThreads() {
        Path dump = folder.resolve("threads-" + dumps.incrementAndGet() + ".json");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(
                            dump.toAbsolutePath().toString(),
                            HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
            return Files.readString(dump).contains("\"millrace-client");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
