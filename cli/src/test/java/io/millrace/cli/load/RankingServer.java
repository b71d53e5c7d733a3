package io.millrace.cli.load;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of one worker that ranks for half a millisecond, or ten times as long at first, until it
 * is to answer no more.
 */
final class RankingServer implements AutoCloseable {
    /** Refused as one that makes no sense. */
    static final String BAD_FILTER = "makes no sense";

    private static final long RANK_NS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final int K = 10;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger answered = new AtomicInteger();

    /** What requests brought, each once; those without brought an empty one. */
    private final Set<String> filters = ConcurrentHashMap.newKeySet();

    /** Answers behind this one wait until the test is over. */
    private volatile int last = Integer.MAX_VALUE;

    /** How many answers take ten times as long. */
    private volatile int slow;

    private final MillraceServer server =
            MillraceServer.start(
                    ServerConfig.defaults()
                            .with("network.port", 0)
                            .with("network.adminPort", 0)
                            .with("threads.workers", 1),
                    new RankingFunnel());

    private final class RankingFunnel implements Funnel {
        @Override
        public Catalogue catalogue() {
            return new Catalogue(
                    5,
                    1_000,
                    3,
                    4,
                    List.of(10L, 20L, 30L),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of());
        }

        @Override
        public FunnelWorker newWorker() {
            return this::answer;
        }

        private void answer(Request request, Answer answer, StageClock clock) {
            int number = answered.incrementAndGet();
            String filter = request.filter().toString();
            filters.add(filter);
            if (filter.equals(BAD_FILTER)) {
                answer.fail(Status.BAD_REQUEST, "predicate not understood: position=1");
                return;
            }
            if (number > last) {
                awaitTheEnd();
            }
            clock.end(Stage.USER);
            long endNs = System.nanoTime() + (number > slow ? 1 : 10) * RANK_NS;
            while (System.nanoTime() - endNs < 0) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < request.k(); i++) {
                answer.add(request.userId() * K + i, 1, SourceCode.RANKED);
            }
            clock.end(Stage.RANK);
        }
    }

    private void awaitTheEnd() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return server.port();
    }

    int adminPort() {
        return server.adminPort();
    }

    /** The filters that came so far; empty for requests without. */
    Set<String> filters() {
        return Set.copyOf(filters);
    }

    /** Requests that the worker was given. */
    int answered() {
        return answered.get();
    }

    void answerNoMoreThan(int count) {
        last = count;
    }

    void answerSlowlyUntil(int count) {
        slow = count;
    }

    /** Closes the server in the middle of whatever it does. */
    void stop() {
        server.close();
    }

    @Override
    public void close() {
        gate.countDown();
        server.close();
    }
}
