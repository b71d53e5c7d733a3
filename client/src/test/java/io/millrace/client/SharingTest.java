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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

@Timeout(60)
final class SharingTest {
    private static final int CALLERS = 8;
    private static final int REQUESTS = 250;

    /** Answers so that the answer can be told from every other. */
    private static void echo(FakeServer.Peer peer, int number) throws IOException {
        long userId = peer.recommend().userId();
        long[] items = {userId, 31 * userId + 7};
        String message = "for " + userId + " as " + peer.correlationId();
        peer.answer(Status.OK, ReasonCode.NONE, items, (float) userId, message);
    }

    @Test
    void shouldGiveEveryAnswerToItsCallerWhenManyShareAClient()
            throws InterruptedException, ExecutionException {
        try (FakeServer first = new FakeServer(SharingTest::echo);
                FakeServer second = new FakeServer(SharingTest::echo);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
                MillraceClient client =
                        Clients.of(first, second)
                                .connectionsPerAddress(2)
                                .inFlightPerConnection(3)
                                .build()) {
            List<Future<?>> done = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                long firstUser = caller * (long) REQUESTS;
                boolean isAsync = caller % 2 == 1;
                done.add(callers.submit(() -> askFor(client, firstUser, isAsync)));
            }
            for (Future<?> future : done) {
                future.get();
            }
            assertEquals(CALLERS * REQUESTS, first.requests() + second.requests());
            assertEquals(2, first.connections());
            assertEquals(2, second.connections());
            assertTrue(first.requests() > REQUESTS && second.requests() > REQUESTS, "shared out");
        }
    }

    private static void askFor(MillraceClient client, long firstUser, boolean isAsync) {
        List<CompletableFuture<Answer>> later = new ArrayList<>();
        for (long user = firstUser; user < firstUser + REQUESTS; user++) {
            if (isAsync) {
                later.add(Clients.recommend(client, user));
            } else {
                assertIsFor(user, client.recommend(user, 2));
            }
        }
        for (int i = 0; i < later.size(); i++) {
            assertIsFor(firstUser + i, later.get(i).join());
        }
    }

    private static void assertIsFor(long user, Answer answer) {
        assertArrayEquals(new long[] {user, 31 * user + 7}, answer.itemIds());
        assertEquals("for " + user + " as " + answer.correlationId(), answer.message());
        assertEquals((float) user, answer.scores()[0]);
    }

    @Test
    void shouldSendNoMoreThanAConnectionMayHold() throws InterruptedException {
        List<Long> held = new CopyOnWriteArrayList<>();
        CountDownLatch released = new CountDownLatch(1);
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    held.add(peer.correlationId());
                    if (number >= 2) {
                        released.await();
                        for (long id : held) {
                            long[] items = {1, 2, 3};
                            peer.answer(id, Status.OK, ReasonCode.NONE, items, 1, "");
                        }
                        held.clear();
                    }
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client =
                        Clients.of(server).inFlightPerConnection(3).mostWaiting(2).build()) {
            client.ping();
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (long user = 0; user < 3; user++) {
                answers.add(Clients.recommend(client, user));
            }
            Eventually.isTrue(() -> held.size() == 3, "three requests");
            answers.add(Clients.recommend(client, 3));
            answers.add(Clients.recommend(client, 4));
            assertFails(ErrorCode.LIMIT, "limit=2", () -> client.recommend(5, 3));
            assertEquals(3, server.requests());
            released.countDown();
            for (CompletableFuture<Answer> answer : answers) {
                assertEquals(3, answer.join().itemIds().length);
            }
            assertEquals(5, server.requests());
        }
    }

    @Test
    void shouldDoWithoutAnAddressWhereNobodyAnswers() {
        FakeServer gone = FakeServer.sound();
        gone.close();
        try (FakeServer server = FakeServer.sound();
                MillraceClient client = Clients.of(gone, server).build()) {
            for (int i = 0; i < 50; i++) {
                assertTrue(client.recommend(i, 3).isOk());
            }
            assertEquals(50, server.requests());
        }
    }

    @Test
    void shouldLetAnswersAskAgainAndWait() {
        try (FakeServer server = new FakeServer(SharingTest::echo);
                MillraceClient client = Clients.of(server).build()) {
            CompletableFuture<Long> chained =
                    Clients.recommend(client, 5)
                            .thenApply(
                                    answer -> client.recommend(answer.itemIds()[1], 2).itemIds()[1])
                            .thenApply(item -> client.recommend(item, 2).itemIds()[0]);
            assertEquals(31 * (31 * 5 + 7) + 7, chained.join());
        }
    }

    @Test
    void shouldAskOverTheSameConnectionsWithinAnotherDeadline() {
        try (FakeServer server = FakeServer.sound();
                MillraceClient client = Clients.of(server).build()) {
            client.within(Duration.ofSeconds(9)).ping();
            client.async().within(Duration.ofSeconds(9)).ping().join();
            assertEquals(1, server.connections());
        }
    }
}
