package io.millrace.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.message.Answer;
import io.millrace.client.message.RecommendQuery;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.function.Executable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Clients as tests want them, and what is expected of their requests. */
public final class Clients {
    private Clients() {}

    /** Of servers on this machine, with a deadline that no sound test comes near. */
    static MillraceClient.Builder of(FakeServer... servers) {
        MillraceClient.Builder builder =
                MillraceClient.builder()
                        .deadline(Duration.ofSeconds(20))
                        .connectTimeout(Duration.ofSeconds(20));
        for (FakeServer server : servers) {
            builder.address("127.0.0.1", server.port());
        }
        return builder;
    }

    static CompletableFuture<Answer> recommend(MillraceClient client, long userId) {
        return client.async().recommend(RecommendQuery.of(userId, 3));
    }

    /** Comes back when each of the servers has answered on the client's connections. */
    static void greet(MillraceClient client, FakeServer... servers) {
        for (FakeServer server : servers) {
            while (server.pings() == 0) {
                client.ping();
            }
        }
    }

    static void assertFails(ErrorCode code, String text, Executable request) {
        assertFailure(code, text, assertThrows(MillraceException.class, request));
    }

    /** The answer to be fails with that code, and a text in its message. */
    public static void assertFails(ErrorCode code, String text, CompletableFuture<?> answer) {
        Throwable thrown = assertThrows(CompletionException.class, answer::join).getCause();
        assertFailure(code, text, assertInstanceOf(MillraceException.class, thrown));
    }

    private static void assertFailure(ErrorCode code, String text, MillraceException e) {
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(text), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }
}
