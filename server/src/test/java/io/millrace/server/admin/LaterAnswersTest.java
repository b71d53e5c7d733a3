package io.millrace.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.server.http.HttpAnswer;
import io.millrace.server.http.HttpCall;
import io.millrace.server.http.Route;
import io.millrace.server.security.tokens.Permission;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

@Timeout(30)
class LaterAnswersTest {
    private final MultiThreadIoEventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ExecutorService pages = LaterAnswers.newPageThread();
    private final LaterAnswers later = new LaterAnswers(loop, pages);

    @AfterEach
    void stop() throws InterruptedException {
        pages.shutdownNow();
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
    }

    private record Given(HttpAnswer answer, Thread thread) {}

    /** Asks on the event loop, as a connection does. */
    private CompletableFuture<Given> ask(Function<HttpCall, HttpAnswer> page) {
        Route route = later.page("/page", Permission.READ, page);
        HttpCall call = new HttpCall("GET", "/page", Map.of(), null, null, new byte[0], 0);
        CompletableFuture<Given> given = new CompletableFuture<>();
        loop.execute(
                () ->
                        route.handler()
                                .answer(
                                        call,
                                        answer ->
                                                given.complete(
                                                        new Given(
                                                                answer, Thread.currentThread()))));
        return given;
    }

    private Thread loopThread() throws Exception {
        return loop.submit(Thread::currentThread).get();
    }

    @Test
    void shouldLeaveTheEventLoopToOthersWhileAPageIsMade() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicReference<Thread> maker = new AtomicReference<>();
        CompletableFuture<Given> given =
                ask(
                        call -> {
                            maker.set(Thread.currentThread());
                            awaitEnd(mayEnd);
                            return HttpAnswer.text(200, "made\n");
                        });
        Thread asked = loopThread();
        assertFalse(given.isDone());
        mayEnd.countDown();
        assertEquals(200, given.get().answer().status());
        assertEquals(asked, given.get().thread());
        assertEquals("millrace-pages-0", maker.get().getName());
        assertTrue(maker.get().isDaemon());
    }

    private static void awaitEnd(CountDownLatch mayEnd) {
        try {
            mayEnd.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldAnswerWhenAPageFailsAndMakeTheNext() throws Exception {
        Given failed =
                ask(call -> {
                            throw new IllegalStateException("broken");
                        })
                        .get();
        assertEquals(500, failed.answer().status());
        assertEquals(200, ask(call -> HttpAnswer.text(200, "made\n")).get().answer().status());
    }
}
