package io.millrace.server;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.server.change.Change;
import io.millrace.server.change.Changes;
import io.millrace.server.change.KnownColumns;
import io.millrace.server.change.MadeChanges;
import io.millrace.server.config.ServerConfig.LimitsConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.bundle.OpenBundle;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.RequestReader;
import io.millrace.server.request.StageClock;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the changes of one bundle on the next: through its journal, so that they are there after a
 * restart, too. What the next bundle does not have, an item or a feature, is left out.
 *
 * <p>Threading: one thread, beside that of the journal.
 */
final class CarryOver {
    private static final int UNDER_WAY = 64;
    private static final int PAUSE_MS = 1;

    private final Changes from;
    private final Changes to;
    private final KnownColumns known;
    private final FunnelWorker worker;
    private final RequestReader reader;
    private final StageClock clock = new StageClock();
    private final ArrayBlockingQueue<Carried> free = new ArrayBlockingQueue<>(UNDER_WAY);
    private final AtomicLong made = new AtomicLong();
    private long through;

    private CarryOver(Changes from, Changes to, OpenBundle next, LimitsConfig limits) {
        this.from = from;
        this.to = to;
        Catalogue catalogue = next.catalogue();
        known =
                new KnownColumns(
                        forms(catalogue.columns()),
                        forms(catalogue.userColumns()),
                        catalogue.dimension());
        worker = next.newRecordingWorker(next.newCapture());
        RequestLimits requestLimits = catalogue.requestLimits(limits);
        reader = new RequestReader(requestLimits);
        for (int i = 0; i < UNDER_WAY; i++) {
            free.add(new Carried(requestLimits));
        }
    }

    /**
     * Prepares it.
     *
     * @param before is served
     * @param next is open
     * @param limits of the server
     * @return null where one of the two takes no changes
     */
    static @Nullable CarryOver between(OpenBundle before, OpenBundle next, LimitsConfig limits) {
        Changes from = before.changes();
        Changes to = next.changes();
        return from == null || to == null ? null : new CarryOver(from, to, next, limits);
    }

    private static Map<String, FormCode> forms(List<Catalogue.Column> columns) {
        return columns.stream()
                .collect(Collectors.toMap(Catalogue.Column::name, Catalogue.Column::form));
    }

    /**
     * Makes the changes that were made since the last call.
     *
     * @return how many had an effect, of all so far
     * @throws MillraceException UNAVAILABLE when the disk does not take them, or the next bundle
     *     has no room for them
     */
    long run() {
        MadeChanges since = from.made(through, known);
        UnsafeBuffer frames = new UnsafeBuffer(since.frames());
        int at = 0;
        while (at < frames.capacity()) {
            int length = FrameLayout.LENGTH_BYTES + (int) FrameLayout.length(frames, at);
            make(frames, at, length);
            at += length;
        }
        awaitAll();
        through = since.through();
        return made.get();
    }

    private void make(DirectBuffer frames, int offset, int length) {
        Carried change = take();
        change.wrap(frames, offset, length);
        Status read = reader.readInto(change.frame(), 0, System.nanoTime(), change.request());
        change.answer().clear();
        if (read == Status.OK) {
            clock.start(System.nanoTime());
            worker.answer(change.request(), change.answer(), clock);
        }
        change.requireTaken();
        if (read != Status.OK || change.answer().status() != Status.OK) {
            free.add(change);
            return;
        }
        while (!to.submit(change)) {
            change.requireTaken();
            pause();
        }
    }

    private Carried take() {
        try {
            Carried change = free.take();
            change.requireTaken();
            return change;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void awaitAll() {
        List<Carried> all = Stream.generate(this::take).limit(UNDER_WAY).toList();
        free.addAll(all);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static MillraceException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new MillraceException(
                ErrorCode.UNAVAILABLE, "interrupted while changes are carried over", cause);
    }

    /** A change on its way into the journal of the next bundle. */
    private final class Carried implements Change {
        private final Request request;
        private final Answer answer = new Answer(0);
        private final UnsafeBuffer frame = new UnsafeBuffer(new byte[0]);
        private int frameBytes;

        Carried(RequestLimits limits) {
            request = new Request(limits);
        }

        void wrap(DirectBuffer source, int offset, int length) {
            byte[] copy = new byte[length];
            source.getBytes(offset, copy);
            frame.wrap(copy);
            frameBytes = length;
        }

        /** Throws where the change is lost for another reason than what the next bundle has not. */
        void requireTaken() {
            Status status = answer.status();
            if (status == Status.CHANGES_REFUSED
                    || status == Status.OVERLOADED
                    || status == Status.INTERNAL) {
                throw MillraceException.of(
                        ErrorCode.UNAVAILABLE,
                        "changes can't be carried over to the next bundle: %s",
                        answer.message().toString());
            }
        }

        @Override
        public DirectBuffer frame() {
            return frame;
        }

        @Override
        public int frameBytes() {
            return frameBytes;
        }

        @Override
        public Request request() {
            return request;
        }

        @Override
        public Answer answer() {
            return answer;
        }

        @Override
        public void finish() {
            if (answer.status() == Status.OK) {
                made.incrementAndGet();
            }
            free.add(this);
        }
    }
}
