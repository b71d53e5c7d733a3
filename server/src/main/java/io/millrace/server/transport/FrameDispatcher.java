package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.InfoRequestDecoder;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.ScopeColumnsRequestDecoder;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.request.AnswerWriter;
import io.millrace.server.request.ErrorText;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.RequestReader;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Decides what becomes of a frame: answered here, refused here, or handed to a worker.
 *
 * <p>Threading: one event loop, whose connections share it. Allocation: only in the constructor.
 */
@HotPath
final class FrameDispatcher {
    private final IoLane lane;
    private final RequestReader reader;
    private final InfoWriter infoWriter;
    private final ColumnsWriter columnsWriter;
    private final ColumnsWriter userColumnsWriter;
    private final Doorkeeper doorkeeper = new Doorkeeper(this);
    private final long fingerprint;
    private final long usualDeadlineUs;
    private final AnswerWriter writer = new AnswerWriter();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final InfoRequestDecoder info = new InfoRequestDecoder();
    private final ScopeColumnsRequestDecoder scopeColumns = new ScopeColumnsRequestDecoder();
    private final ErrorText text = new ErrorText();
    private final DirectMemory memory;
    private final ByteBuffer scratch;
    private final UnsafeBuffer scratchView;

    FrameDispatcher(IoLane lane, RequestLimits limits, Catalogue catalogue, String version) {
        this.lane = lane;
        this.reader = new RequestReader(limits);
        this.infoWriter = new InfoWriter(catalogue, limits.k(), version);
        this.columnsWriter = new ColumnsWriter(catalogue, catalogue.columns(), limits);
        this.userColumnsWriter = new ColumnsWriter(catalogue, catalogue.userColumns(), limits);
        this.fingerprint = catalogue.fingerprint();
        this.usualDeadlineUs = TimeUnit.MILLISECONDS.toMicros(lane.usualDeadlineMs());
        int columnBytes = Math.max(columnsWriter.frameBytes(), userColumnsWriter.frameBytes());
        int tableBytes = Math.max(infoWriter.maxFrameBytes(), columnBytes);
        int bytes = Math.max(tableBytes, RequestSlot.frameCapacity(limits));
        this.memory = DirectMemory.allocate(bytes);
        this.scratch = memory.segment().asByteBuffer();
        this.scratchView = new UnsafeBuffer(scratch);
    }

    /** Takes one whole frame. */
    void dispatch(Connection connection, DirectBuffer buffer, int frame, long arrivalNs) {
        FrameVerdict verdict = FrameCheck.check(buffer, frame);
        if (verdict != FrameVerdict.SOUND) {
            boolean hasId =
                    verdict != FrameVerdict.TOO_SHORT && verdict != FrameVerdict.FOREIGN_SCHEMA;
            refuse(
                    connection,
                    RequestKind.UNKNOWN,
                    hasId
                            ? FrameLayout.correlationId(buffer, frame)
                            : FrameLayout.NO_CORRELATION_ID,
                    verdict.status(),
                    verdict.message());
            return;
        }
        RequestKind kind = RequestReader.kindOf(FrameLayout.templateId(buffer, frame));
        long correlationId = FrameLayout.correlationId(buffer, frame);
        if (!doorkeeper.admits(connection, kind, correlationId)) {
            return;
        }
        switch (kind) {
            case AUTH -> doorkeeper.authenticate(connection, buffer, frame, correlationId);
            case PING -> {
                int bytes = writer.writePong(correlationId, scratchView, 0);
                reply(connection, kind, Status.OK, bytes);
            }
            case INFO -> {
                info.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
                int bytes = infoWriter.write(correlationId, info.maxSamples(), scratchView);
                reply(connection, kind, Status.OK, bytes);
            }
            case COLUMNS -> {
                int bytes = columnsWriter.write(correlationId, scratchView);
                reply(connection, kind, Status.OK, bytes);
            }
            case SCOPE_COLUMNS -> answerScopeColumns(connection, buffer, frame, correlationId);
            case RECOMMEND, EXPLAIN, SIMILAR, SEARCH, FEEDBACK, RANK, UPDATE, UPSERT, DELETE ->
                    handOver(connection, buffer, frame, arrivalNs, kind, correlationId);
            case STATS -> beginStats(connection, correlationId);
            case UNKNOWN ->
                    refuse(
                            connection,
                            kind,
                            correlationId,
                            Status.BAD_REQUEST,
                            "not a request: only a server sends this message");
        }
    }

    private void answerScopeColumns(
            Connection connection, DirectBuffer buffer, int frame, long correlationId) {
        RequestKind kind = RequestKind.SCOPE_COLUMNS;
        scopeColumns.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        FeatureScope scope = RequestReader.scopeOf(scopeColumns.scopeRaw());
        if (scope == null) {
            refuse(
                    connection,
                    kind,
                    correlationId,
                    Status.BAD_REQUEST,
                    "no such scope of features; ask for those of items or users");
            return;
        }
        ColumnsWriter asked = scope == FeatureScope.USER ? userColumnsWriter : columnsWriter;
        reply(connection, kind, Status.OK, asked.write(correlationId, scratchView));
    }

    private void beginStats(Connection connection, long correlationId) {
        if (!lane.beginStats(connection, correlationId, fingerprint)) {
            refuse(
                    connection,
                    RequestKind.STATS,
                    correlationId,
                    Status.OVERLOADED,
                    Refusal.IN_FLIGHT,
                    "too many ask for statistics; try later");
        }
    }

    private void handOver(
            Connection connection,
            DirectBuffer buffer,
            int frame,
            long arrivalNs,
            RequestKind kind,
            long correlationId) {
        if (lane.isDraining()) {
            refuse(
                    connection,
                    kind,
                    correlationId,
                    Status.SHUTTING_DOWN,
                    Refusal.STOPPING,
                    "server is stopping");
            return;
        }
        RequestSlot slot = lane.acquire(connection);
        if (slot == null) {
            refuse(
                    connection,
                    kind,
                    correlationId,
                    Status.OVERLOADED,
                    Refusal.IN_FLIGHT,
                    "too many requests in flight; try later or raise limits.inFlight");
            return;
        }
        Status status = reader.readInto(buffer, frame, arrivalNs, slot.request());
        if (status != Status.OK) {
            lane.release(slot);
            refuse(connection, kind, correlationId, status, reader.error());
            return;
        }
        if (kind.isChange()) {
            int length = FrameLayout.LENGTH_BYTES + (int) FrameLayout.length(buffer, frame);
            slot.keepFrame(buffer, frame, length);
        }
        if (kind.isForItems()) {
            int length = FrameLayout.LENGTH_BYTES + (int) FrameLayout.length(buffer, frame);
            lane.recent().keep(buffer, frame, length);
        }
        giveTime(slot.request(), arrivalNs);
        slot.request().decoded(System.nanoTime());
        if (lane.isDiskAwaited(slot)) {
            lane.release(slot);
            refuse(
                    connection,
                    kind,
                    correlationId,
                    Status.OVERLOADED,
                    Refusal.DISK,
                    "too much feedback waits for the disk; try later");
        } else if (!lane.dispatch(slot)) {
            lane.release(slot);
            refuse(
                    connection,
                    kind,
                    correlationId,
                    Status.OVERLOADED,
                    Refusal.DEADLINE,
                    "too much waits for it to be answered by its deadline; try another server, or"
                            + " allow more time");
        }
    }

    /** Who asks and does not say how long they will wait gives up some time, too. */
    private void giveTime(Request request, long arrivalNs) {
        boolean isChange = request.kind().isChange() || request.kind() == RequestKind.FEEDBACK;
        if (!request.hasDeadline() && !isChange) {
            request.timed(arrivalNs, usualDeadlineUs);
        }
    }

    /** Gives its memory back; nothing may be dispatched any more. */
    void free() {
        memory.close();
    }

    /** Refuses what there is no room for. */
    void refuse(
            Connection connection,
            RequestKind kind,
            long correlationId,
            Status status,
            Refusal why,
            String message) {
        lane.metrics().refused(why);
        refuse(connection, kind, correlationId, status, message);
    }

    /** Answers with an error. */
    void refuse(
            Connection connection,
            RequestKind kind,
            long correlationId,
            Status status,
            String message) {
        refuse(connection, kind, correlationId, status, text.clear().append(message));
    }

    /** The same, with a text that the caller has made; also of what went well. */
    void refuse(
            Connection connection,
            RequestKind kind,
            long correlationId,
            Status status,
            ErrorText message) {
        int bytes = writer.writeError(status, message, correlationId, fingerprint, scratchView, 0);
        reply(connection, kind, status, bytes);
    }

    /** A frame that is sent where there is no connection yet to ask for anything. */
    static byte[] refusalFrame(Status status, String message) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[WireLimits.resultFrameBytes(0)]);
        ErrorText text = new ErrorText().append(message);
        int bytes =
                new AnswerWriter()
                        .writeError(status, text, FrameLayout.NO_CORRELATION_ID, 0, buffer, 0);
        return Arrays.copyOf(buffer.byteArray(), bytes);
    }

    private void reply(Connection connection, RequestKind kind, Status status, int bytes) {
        lane.metrics().outcomes().count(kind, status);
        connection.answer(scratch.clear().limit(bytes));
    }
}
