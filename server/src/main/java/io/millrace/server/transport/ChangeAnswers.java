package io.millrace.server.transport;

import io.millrace.core.wire.Status;
import io.millrace.server.change.Changes;
import io.millrace.server.metrics.WorkerMetrics;
import io.millrace.server.request.Answer;
import io.millrace.server.request.AnswerWriter;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.Request;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands changes over to be journaled, and answers them when they have been made.
 *
 * <p>Threading: workers hand over, the thread of the journal answers.
 */
final class ChangeAnswers {
    private final @Nullable Changes changes;
    private final long fingerprint;
    private final int mostUnderWay;
    private final WorkerMetrics metrics;
    private final AnswerWriter writer = new AnswerWriter();
    private final StageClock clock = new StageClock();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean isHeld;

    /**
     * The way of changes.
     *
     * @param changes takes them; null where nothing may be changed
     * @param fingerprint of the bundle served
     * @param mostUnderWay how many may wait to be made
     * @param metrics written by the thread that answers, alone
     */
    ChangeAnswers(
            @Nullable Changes changes, long fingerprint, int mostUnderWay, WorkerMetrics metrics) {
        this.changes = changes;
        this.fingerprint = fingerprint;
        this.mostUnderWay = mostUnderWay;
        this.metrics = metrics;
    }

    /** Hands a sound change over; false where the answer says why it is not taken. */
    boolean submit(RequestSlot slot) {
        if (changes == null) {
            slot.answer()
                    .fail(
                            Status.BAD_REQUEST,
                            "changes are not taken here: changes.enabled=false; set it to true");
            return false;
        }
        boolean hasRoom = underWay.incrementAndGet() <= mostUnderWay;
        if (isHeld) {
            underWay.decrementAndGet();
            slot.answer().refuse(Refusal.TAKE_OVER, "another bundle is taking over; try again");
            return false;
        }
        if (!hasRoom || !changes.submit(new SlotChange(slot, this, System.nanoTime()))) {
            underWay.decrementAndGet();
            if (slot.answer().status() == Status.OK) {
                slot.answer().refuse(Refusal.DISK, "too many changes wait for the disk; try later");
            }
            return false;
        }
        return true;
    }

    /** From now on refuses changes; those under way go on. */
    void hold() {
        isHeld = true;
    }

    /** Takes changes again. */
    void release() {
        isHeld = false;
    }

    /** Changes that were taken and are not answered yet. */
    int underWay() {
        return underWay.get();
    }

    /** Answers a change, whatever came of it; called by the thread of the journal. */
    void finish(RequestSlot slot, long begunNs) {
        Request request = slot.request();
        Answer answer = slot.answer();
        long nowNs = System.nanoTime();
        clock.start(nowNs);
        clock.note(Stage.DECODE, request.decodedNs() - request.arrivalNs());
        clock.note(Stage.JOURNAL, nowNs - begunNs);
        long serviceNs = nowNs - request.arrivalNs();
        slot.written(
                writer.write(
                        answer,
                        request.correlationId(),
                        serviceNs,
                        fingerprint,
                        slot.frameView(),
                        0));
        clock.end(Stage.ENCODE);
        metrics.answered(request.kind(), answer, clock, serviceNs);
        underWay.decrementAndGet();
        slot.lane().finish(slot);
    }
}
