package io.millrace.cli.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RankQuery;
import io.millrace.client.message.RecommendQuery;
import io.millrace.client.message.SearchQuery;
import io.millrace.client.message.SimilarQuery;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.MillraceServer;
import io.millrace.server.change.Changes;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.request.Request;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** The client and the server that belong together, over real sockets. */
@Timeout(120)
final class ServedClientTest {
    private static final int CALLERS = 6;

    /** A user whose requests take longer than anybody waits. */
    private static final long SLOW_USER = 666;

    /** Answers with what tells the request from every other. */
    static Funnel newFunnel() {
        return new Funnel() {
            @Override
            public Catalogue catalogue() {
                return new Catalogue(
                        7,
                        100,
                        10,
                        2,
                        List.of(1L, 2L),
                        List.of(3L),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of());
            }

            @Override
            public Changes changes() {
                return change -> false;
            }

            @Override
            public FunnelWorker newWorker() {
                return (request, answer, clock) -> {
                    if (request.userId() == SLOW_USER) {
                        sleep();
                    }
                    for (long itemId : items(request)) {
                        answer.add(itemId, 0.5f, SourceCode.RANKED);
                    }
                };
            }
        };
    }

    private static MillraceServer serve(int port) {
        return MillraceServer.start(
                ServerConfig.defaults()
                        .with("network.port", port)
                        .with("network.adminPort", -1)
                        .with("threads.workers", 2)
                        .with("limits.drainMs", 5_000),
                newFunnel());
    }

    private static void sleep() {
        try {
            Thread.sleep(300);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What tells the request from every other. */
    private static long[] items(Request request) {
        return switch (request.kind()) {
            case RECOMMEND -> new long[] {request.userId(), 31 * request.userId() + 7};
            case SIMILAR -> new long[] {request.itemId() + 1};
            case SEARCH -> new long[] {(long) request.vector()[0], (long) request.vector()[1]};
            case RANK -> new long[] {request.candidates().count()};
            case FEEDBACK -> new long[0];
            default ->
                    throw new IllegalArgumentException("no request of a funnel: " + request.kind());
        };
    }

    private static MillraceClient.Builder clientOf(MillraceServer... servers) {
        MillraceClient.Builder builder = MillraceClient.builder().deadline(Duration.ofSeconds(30));
        for (MillraceServer server : servers) {
            builder.address("127.0.0.1", server.port());
        }
        return builder;
    }

    @Test
    void shouldAskEverythingThereIs() {
        try (MillraceServer server = serve(0);
                MillraceClient client = clientOf(server).build()) {
            client.ping();
            assertArrayEquals(new long[] {1, 2}, client.info(5).sampleUsers());
            assertEquals(List.of(), client.rankColumns().columns());
            assertItems(client.recommend(5, 3), 5, 162);
            assertItems(client.similar(new SimilarQuery(8, 1, List.of(2L), true)), 9);
            assertItems(client.search(SearchQuery.of(new float[] {4, 6}, 2)), 4, 6);
            assertItems(client.rank(RankQuery.ofItems(1, List.of(9L, 8L, 7L))), 3);
            FeedbackEvent click = new FeedbackEvent(EventCode.CLICK, 3, Float.NaN);
            assertItems(client.feedback(1, 0, List.of(click)));
        }
    }

    private static void assertItems(Answer answer, long... itemIds) {
        assertTrue(answer.isOk(), answer.message());
        assertArrayEquals(itemIds, answer.itemIds());
    }

    @Test
    void shouldLoseNothingWhileServersComeAndGo() throws InterruptedException, ExecutionException {
        MillraceServer first = serve(0);
        int port = first.port();
        AtomicBoolean isOver = new AtomicBoolean();
        try (MillraceServer second = serve(0);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
                MillraceClient client = clientOf(first, second).connectionsPerAddress(2).build()) {
            List<Future<Long>> callersAsked = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                long firstUser = 1_000_000L * (caller + 1);
                callersAsked.add(callers.submit(() -> askUntil(isOver, client, firstUser)));
            }
            waitForRequests(first, 500);
            first.close();
            long served = second.requestsServed();
            waitForRequests(second, served + 500);
            try (MillraceServer again = serve(port)) {
                waitForRequests(again, 500);
                isOver.set(true);
                long asked = 0;
                for (Future<Long> callerAsked : callersAsked) {
                    asked += callerAsked.get();
                }
                assertTrue(asked >= 1_500, "asked " + asked);
            }
        }
    }

    private static void waitForRequests(MillraceServer server, long count)
            throws InterruptedException {
        while (server.requestsServed() < count) {
            Thread.sleep(2);
        }
    }

    private static long askUntil(AtomicBoolean isOver, MillraceClient client, long firstUser) {
        long user = firstUser;
        while (!isOver.get()) {
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(client.async().recommend(RecommendQuery.of(user + i, 2)));
            }
            for (CompletableFuture<Answer> answer : answers) {
                assertItems(answer.join(), user, 31 * user + 7);
                user++;
            }
        }
        return user - firstUser;
    }

    @Test
    void shouldGoOnWhenAServerIsTooSlowForTheDeadline() {
        try (MillraceServer server = serve(0);
                MillraceClient client = clientOf(server).inFlightPerConnection(1).build()) {
            client.ping();
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> client.within(Duration.ofMillis(60)).recommend(SLOW_USER, 2));
            assertEquals(ErrorCode.UNAVAILABLE, e.code());
            assertTrue(e.getMessage().contains("did not answer in time"), e.getMessage());
            assertItems(client.recommend(5, 2), 5, 162);
        }
    }
}
