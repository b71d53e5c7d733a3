package io.millrace.client;

import static io.millrace.client.Clients.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.RetryPolicy;
import io.millrace.client.message.Answer;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankQuery;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ReasonCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
final class RetryTest {
    private static final List<FeedbackEvent> CLICK =
            List.of(new FeedbackEvent(EventCode.CLICK, 1, Float.NaN));
    private static final FakeServer.Behaviour OVERLOADED = always(Status.OVERLOADED);

    private static FakeServer.Behaviour always(Status status) {
        return (peer, number) -> peer.answer(status, ReasonCode.NONE, new long[0], 0, "no");
    }

    private static FakeServer.Behaviour hangUpOnFirst() {
        return (peer, number) -> {
            if (number == 0) {
                peer.hangUp();
            } else {
                peer.answer(Status.OK, ReasonCode.NONE, new long[] {number}, 1, "");
            }
        };
    }

    @Test
    void shouldAskAgainWhenTheConnectionIsLost() {
        try (FakeServer server = new FakeServer(hangUpOnFirst());
                MillraceClient client = Clients.of(server).build()) {
            client.ping();
            assertEquals(1, client.recommend(1, 3).itemIds()[0]);
            assertEquals(2, server.connections());
        }
    }

    @Test
    void shouldNotTellTwiceWhenTheConnectionIsLost() {
        try (FakeServer server = new FakeServer(hangUpOnFirst());
                MillraceClient client = Clients.of(server).build()) {
            client.ping();
            assertFails(
                    ErrorCode.UNAVAILABLE, "connection lost", () -> client.feedback(1, 0, CLICK));
            client.ping();
            assertEquals(1, server.requests());
        }
    }

    @Test
    void shouldAskOnceWhenRetriesAreOff() {
        try (FakeServer server = new FakeServer(hangUpOnFirst());
                MillraceClient client = Clients.of(server).retry(RetryPolicy.NONE).build()) {
            client.ping();
            assertFails(ErrorCode.UNAVAILABLE, "connection lost", () -> client.recommend(1, 3));
            assertEquals(1, server.requests());
        }
    }

    @Test
    void shouldTellOnAnotherConnectionWhatNeverLeft() {
        // The first connection fills up with what nobody reads, until a ping finds it out. What
        // stands behind that in the queue has not left, so even feedback may go another way.
        try (FakeServer server = FakeServer.deaf(1, (peer, number) -> peer.answerEmpty());
                MillraceClient client =
                        Clients.of(server)
                                .silence(Duration.ofMillis(400))
                                .retry(new RetryPolicy(1, RetryPolicy.STANDARD.backoff(), 0))
                                .build()) {
            RankColumn large = new RankColumn.Numbers("large", new double[100_000]);
            RankQuery query = RankQuery.ofRows(List.of(1L), List.of(large));
            List<CompletableFuture<Answer>> fill = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                fill.add(client.async().rank(query));
            }
            assertTrue(client.feedback(1, 0, CLICK).isOk());
            assertEquals(2, server.connections());
            long lost = fill.stream().filter(CompletableFuture::isCompletedExceptionally).count();
            assertTrue(lost > 0, "something had left, which is not sent again here");
        }
    }

    @Test
    void shouldGoToAnotherAddressWhenOneIsOverloaded() {
        try (FakeServer busy = new FakeServer(OVERLOADED);
                FakeServer idle = FakeServer.sound();
                MillraceClient client = Clients.of(busy, idle).build()) {
            Clients.greet(client, busy, idle);
            for (int i = 0; i < 10; i++) {
                assertTrue(client.recommend(i, 3).isOk());
            }
            assertEquals(10, idle.requests());
            assertTrue(busy.requests() > 0, "nothing was refused");
        }
    }

    @Test
    void shouldGoToAnotherAddressWhenOneIsShuttingDown() {
        try (FakeServer leaving = new FakeServer(always(Status.SHUTTING_DOWN));
                FakeServer staying = FakeServer.sound();
                MillraceClient client = Clients.of(leaving, staying).build()) {
            Clients.greet(client, leaving, staying);
            // Were every other one refused there, retries would come to their share.
            for (int i = 0; i < 100; i++) {
                assertTrue(client.recommend(i, 3).isOk());
            }
            assertTrue(leaving.requests() > 0, "nothing was refused");
        }
    }

    @Test
    void shouldLetAServerAnswerWhatItHasWhenItShutsDown() throws InterruptedException {
        CountDownLatch released = new CountDownLatch(1);
        List<Long> held = new CopyOnWriteArrayList<>();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    held.add(peer.correlationId());
                    if (number == 1) {
                        peer.answer(Status.SHUTTING_DOWN, ReasonCode.NONE, new long[0], 0, "no");
                        released.await();
                        long[] items = {8};
                        peer.answer(held.get(0), Status.OK, ReasonCode.NONE, items, 1, "");
                    }
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            CompletableFuture<Answer> first = Clients.recommend(client, 1);
            Eventually.isTrue(() -> server.requests() == 1, "the first request");
            assertEquals(Status.SHUTTING_DOWN, client.recommend(2, 3).status());
            assertFails(ErrorCode.UNAVAILABLE, "shutting down", () -> client.recommend(3, 3));
            released.countDown();
            assertEquals(8, first.join().itemIds()[0]);
            assertEquals(2, server.requests());
        }
    }

    @Test
    void shouldAnswerThatAllAreOverloadedWhenEachHasSaidSo() {
        try (FakeServer first = new FakeServer(OVERLOADED);
                FakeServer second = new FakeServer(OVERLOADED);
                MillraceClient client =
                        Clients.of(first, second).connectionsPerAddress(2).build()) {
            Clients.greet(client, first, second);
            Answer answer = client.recommend(1, 3);
            assertEquals(Status.OVERLOADED, answer.status());
            assertEquals("no", answer.message());
            assertEquals(1, first.requests());
            assertEquals(1, second.requests());
        }
    }

    @Test
    void shouldNotTellElsewhereWhatWasRefused() {
        try (FakeServer first = new FakeServer(OVERLOADED);
                FakeServer second = new FakeServer(OVERLOADED);
                MillraceClient client = Clients.of(first, second).build()) {
            Clients.greet(client, first, second);
            assertEquals(Status.OVERLOADED, client.feedback(1, 0, CLICK).status());
            assertEquals(1, first.requests() + second.requests());
        }
    }

    @Test
    void shouldKeepRetriesToTheirShareWhenAllAreOverloaded() {
        try (FakeServer first = new FakeServer(OVERLOADED);
                FakeServer second = new FakeServer(OVERLOADED);
                MillraceClient client =
                        Clients.of(first, second)
                                .retry(
                                        new RetryPolicy(
                                                3,
                                                new Backoff(
                                                        Duration.ofNanos(1), Duration.ofNanos(1)),
                                                0.1))
                                .build()) {
            Clients.greet(client, first, second);
            int before = first.pings() + second.pings();
            for (int i = 0; i < 200; i++) {
                client.recommend(i, 3);
            }
            // Ten to begin with, and a tenth of all.
            assertEquals(230, first.requests() + second.requests());
            assertEquals(before, first.pings() + second.pings());
        }
    }

    @Test
    void shouldNotAskAgainWhenTheDeadlineLeavesNoTime() {
        RetryPolicy slow =
                new RetryPolicy(3, new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(10)), 1);
        try (FakeServer first = new FakeServer(OVERLOADED);
                FakeServer second = new FakeServer(OVERLOADED);
                MillraceClient client = Clients.of(first, second).retry(slow).build()) {
            Clients.greet(client, first, second);
            Answer answer = client.within(Duration.ofSeconds(4)).recommend(1, 3);
            assertEquals(Status.OVERLOADED, answer.status());
            assertEquals(1, first.requests() + second.requests());
        }
    }
}
