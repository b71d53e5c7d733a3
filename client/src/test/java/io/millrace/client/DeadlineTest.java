package io.millrace.client;

import static io.millrace.client.Clients.assertFails;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.message.Answer;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
final class DeadlineTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final FakeServer.Behaviour ALL_BUT_FIRST =
            (peer, number) -> {
                if (number > 0) {
                    peer.answerSound();
                }
            };

    @Test
    void shouldTellTheServerWhatIsLeft() {
        List<Long> told = new CopyOnWriteArrayList<>();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    told.add(peer.recommend().deadlineUs());
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            client.ping();
            client.recommend(1, 3);
            client.within(Duration.ofSeconds(5)).recommend(1, 3);
            client.within(Duration.ofHours(1)).recommend(1, 3);
        }
        assertTrue(told.get(0) > 10_000_000 && told.get(0) <= 20_000_000, "told " + told);
        assertTrue(told.get(1) > 1_000_000 && told.get(1) <= 5_000_000, "told " + told);
        assertTrue(told.get(2) > 3_500_000_000L && told.get(2) <= 3_600_000_000L, "told " + told);
    }

    @Test
    void shouldTakeTheWaitForAConnectionFromIt() throws InterruptedException {
        List<Long> told = new CopyOnWriteArrayList<>();
        CountDownLatch released = new CountDownLatch(1);
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    told.add(peer.recommend().deadlineUs());
                    released.await();
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).inFlightPerConnection(1).build()) {
            CompletableFuture<Answer> first = Clients.recommend(client, 1);
            Eventually.isTrue(() -> server.requests() == 1, "the first request");
            CompletableFuture<Answer> second = Clients.recommend(client, 2);
            Thread.sleep(100);
            released.countDown();
            first.join();
            second.join();
        }
        assertTrue(told.get(1) <= 19_900_000, "told " + told);
    }

    @Test
    void shouldDropAnAnswerThatComesTooLate() {
        List<Long> unanswered = new CopyOnWriteArrayList<>();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    unanswered.add(peer.correlationId());
                    if (number == 1) {
                        for (long id : unanswered) {
                            long[] items = {id == peer.correlationId() ? 2 : 1};
                            peer.answer(id, Status.OK, ReasonCode.NONE, items, 1, "");
                        }
                    }
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            client.ping();
            assertFails(
                    ErrorCode.UNAVAILABLE,
                    "did not answer in time: request=recommend",
                    () -> client.within(SHORT).recommend(1, 3));
            Answer second = client.recommend(2, 3);
            assertArrayEquals(new long[] {2}, second.itemIds());
            assertEquals(unanswered.get(1), second.correlationId());
            client.ping();
            assertEquals(1, server.connections());
        }
    }

    @Test
    void shouldMakeRoomWhenAnAnswerNeverComes() {
        try (FakeServer server = new FakeServer(ALL_BUT_FIRST);
                MillraceClient client = Clients.of(server).inFlightPerConnection(1).build()) {
            client.ping();
            assertFails(
                    ErrorCode.UNAVAILABLE,
                    "did not answer in time",
                    () -> client.within(SHORT).recommend(1, 3));
            assertEquals(3, client.recommend(2, 3).itemIds().length);
            assertEquals(1, server.connections());
        }
    }

    @Test
    void shouldMakeRoomWhenAFutureIsCancelled() throws InterruptedException {
        try (FakeServer server = new FakeServer(ALL_BUT_FIRST);
                MillraceClient client = Clients.of(server).inFlightPerConnection(1).build()) {
            CompletableFuture<Answer> first = Clients.recommend(client, 1);
            Eventually.isTrue(() -> server.requests() == 1, "the first request");
            CompletableFuture<Answer> waiting = Clients.recommend(client, 2);
            CompletableFuture<Answer> last = Clients.recommend(client, 3);
            waiting.cancel(true);
            first.cancel(true);
            assertEquals(3, last.join().itemIds().length);
            // What was cancelled while it waited has never left.
            assertEquals(2, server.requests());
        }
    }

    @Test
    void shouldSayWhenNoConnectionHadRoomInTime() throws InterruptedException {
        try (FakeServer server = new FakeServer((peer, number) -> {});
                MillraceClient client =
                        Clients.of(server)
                                .inFlightPerConnection(1)
                                .closeWithin(Duration.ZERO)
                                .build()) {
            CompletableFuture<Answer> first = Clients.recommend(client, 1);
            Eventually.isTrue(() -> server.requests() == 1, "the first request");
            assertFails(
                    ErrorCode.UNAVAILABLE,
                    "no connection was to be had in time: request=similar, deadlineMs=50",
                    () -> client.within(SHORT).similar(1, 3));
            assertEquals(1, server.requests());
            first.cancel(true);
        }
    }

    @Test
    void shouldGiveUpWhenTheCallerIsInterrupted() {
        try (FakeServer server = new FakeServer((peer, number) -> {});
                MillraceClient client = Clients.of(server).build()) {
            Thread caller = Thread.currentThread();
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    Eventually.isTrue(() -> server.requests() == 1, "a request");
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                                caller.interrupt();
                            });
            assertFails(ErrorCode.UNAVAILABLE, "interrupted", () -> client.recommend(1, 3));
            assertTrue(Thread.interrupted(), "the caller stays interrupted");
            // Nothing is under way any more, so closing has nothing to wait for.
        }
    }
}
