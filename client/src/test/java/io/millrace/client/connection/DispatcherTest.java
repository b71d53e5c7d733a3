package io.millrace.client.connection;

import static io.millrace.client.Clients.assertFails;

import io.millrace.client.FakeServer;
import io.millrace.client.message.Answer;
import io.millrace.client.message.RecommendQuery;
import io.millrace.client.message.RequestFrames;
import io.millrace.core.error.ErrorCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

final class DispatcherTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static CompletableFuture<Answer> recommend(Dispatcher dispatcher) {
        return dispatcher.ask(
                RequestFrames.recommend(RecommendQuery.of(1, 3)), LONG, Runnable::run);
    }

    @Test
    @Timeout(60)
    void shouldLeaveNobodyWaitingWhenItBreaksDown() {
        Executor defect =
                completion -> {
                    throw new IllegalStateException("a defect");
                };
        try (FakeServer server = new FakeServer((peer, number) -> {})) {
            Address address = new Address("127.0.0.1", server.port());
            Dispatcher dispatcher =
                    new Dispatcher(
                            new ConnectionPlan(
                                    List.of(address),
                                    1,
                                    9,
                                    9,
                                    LONG,
                                    LONG,
                                    RetryPolicy.NONE,
                                    ClientSecurity.NONE));
            CompletableFuture<Answer> unanswered = recommend(dispatcher);
            CompletableFuture<?> broken = dispatcher.ask(RequestFrames.ping(), LONG, defect);
            assertFails(ErrorCode.INTERNAL, "a defect", unanswered);
            dispatcher.close(LONG);
            assertFails(ErrorCode.UNAVAILABLE, "client is closed", recommend(dispatcher));
            broken.cancel(true);
        }
    }
}
