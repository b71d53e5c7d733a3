package io.millrace.server;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers a recommend request with items that tell the user and the place, and does odd things for
 * some users.
 */
public final class FakeFunnel implements Funnel {
    /** A request of this user waits for {@link #gate}. */
    public static final long BLOCKED_USER = 1;

    /** A request of this user throws. */
    public static final long BROKEN_USER = 2;

    /** A request of this user does {@link #oddity} first. */
    public static final long ODD_USER = 3;

    /** An item that does not exist. */
    public static final long NO_ITEM = 404;

    public static final int DIMENSION = 4;
    public static final long FINGERPRINT = 0xABCDL;

    public final Semaphore gate = new Semaphore(0);
    public volatile Runnable oddity = () -> {};
    public final AtomicInteger begun = new AtomicInteger();

    /** Requests that were to give something up. */
    public final AtomicInteger givenUp = new AtomicInteger();

    @Override
    public Catalogue catalogue() {
        return new Catalogue(
                FINGERPRINT,
                1_000,
                100,
                DIMENSION,
                List.of(10L, 20L, 30L),
                List.of(5L, 6L),
                List.of(),
                List.of(new Catalogue.ContextField("tab", 3)),
                List.of(
                        new Catalogue.Column("price", FormCode.NUMBERS, 1),
                        new Catalogue.Column("tags", FormCode.TEXTS, 3)),
                List.of(new Catalogue.Column("age", FormCode.NUMBERS, 1)));
    }

    @Override
    public List<EventRates> rates(long itemId) {
        return itemId == NO_ITEM
                ? List.of()
                : List.of(
                        new EventRates("all", 0, 100, 0.25, 0.125),
                        new EventRates("item", itemId, 4, 0.5, 0.25));
    }

    @Override
    public FunnelWorker newWorker() {
        return this::answer;
    }

    private void answer(Request request, Answer answer, StageClock clock) {
        begun.incrementAndGet();
        if (request.givesUp(Lever.at(0))) {
            givenUp.incrementAndGet();
        }
        clock.end(Stage.USER);
        switch (request.kind()) {
            case RECOMMEND -> recommend(request, answer);
            case SIMILAR -> similar(request, answer);
            case FEEDBACK -> waitAt(request);
            default -> search(request, answer);
        }
        clock.end(Stage.RETRIEVE);
    }

    private void recommend(Request request, Answer answer) {
        waitAt(request);
        if (request.userId() == BROKEN_USER) {
            throw new IllegalStateException("a request that breaks its worker");
        }
        if (request.userId() == ODD_USER) {
            oddity.run();
        }
        for (int i = 0; i < request.k(); i++) {
            answer.add(request.userId() * 1_000 + i, 1.0f / (i + 1), SourceCode.RANKED);
        }
        answer.worked(request.excludedCount(), request.contextCount());
    }

    private void waitAt(Request request) {
        if (request.userId() == BLOCKED_USER) {
            try {
                gate.acquire();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody opens the gate any more", e);
            }
        }
    }

    private static void similar(Request request, Answer answer) {
        if (request.itemId() == NO_ITEM) {
            answer.fail(Status.UNKNOWN_ITEM, "no such item: item=").append(request.itemId());
            return;
        }
        for (int i = 0; i < request.k(); i++) {
            answer.add(request.itemId() + i, 0.5f, SourceCode.RETRIEVED);
        }
    }

    private static void search(Request request, Answer answer) {
        for (int i = 0; i < request.k(); i++) {
            answer.add(i, request.vector()[0], SourceCode.RETRIEVED);
        }
    }
}
