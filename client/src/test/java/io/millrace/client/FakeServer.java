package io.millrace.client;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ColumnsRequestDecoder;
import io.millrace.core.wire.codec.ColumnsResponseEncoder;
import io.millrace.core.wire.codec.DeleteRequestDecoder;
import io.millrace.core.wire.codec.ExplainRequestDecoder;
import io.millrace.core.wire.codec.FeedbackRequestDecoder;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.InfoRequestDecoder;
import io.millrace.core.wire.codec.InfoResponseEncoder;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.PingDecoder;
import io.millrace.core.wire.codec.PongEncoder;
import io.millrace.core.wire.codec.RankRequestDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RecommendRequestDecoder;
import io.millrace.core.wire.codec.ResultResponseEncoder;
import io.millrace.core.wire.codec.ScopeColumnsRequestDecoder;
import io.millrace.core.wire.codec.SearchRequestDecoder;
import io.millrace.core.wire.codec.SimilarRequestDecoder;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.core.wire.codec.UpdateRequestDecoder;
import io.millrace.core.wire.codec.UpsertRequestDecoder;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Speaks the protocol over plain sockets and answers as a test wants; a thread per connection. */
public final class FakeServer implements AutoCloseable {
    /** Answers one request that asks for items. */
    public interface Behaviour {
        /** Number counts the requests of all connections from 0. */
        void handle(Peer peer, int number) throws IOException, InterruptedException;
    }

    private static final int NONE = -1;

    private final ServerSocket listener;
    private final Behaviour behaviour;
    private final int deafConnections;
    private final boolean isResultsOnly;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger pings = new AtomicInteger();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean isClosed;

    /** Starts a server on a free port. */
    public FakeServer(Behaviour behaviour) {
        this(0, 0, false, behaviour);
    }

    private FakeServer(int port, int deafConnections, boolean isResultsOnly, Behaviour behaviour) {
        this.behaviour = behaviour;
        this.deafConnections = deafConnections;
        this.isResultsOnly = isResultsOnly;
        try {
            this.listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** Starts a server on a given port. */
    public static FakeServer at(int port, Behaviour behaviour) {
        return new FakeServer(port, 0, false, behaviour);
    }

    /** Starts a server that never reads from its first connections. */
    public static FakeServer deaf(int connections, Behaviour behaviour) {
        return new FakeServer(0, connections, false, behaviour);
    }

    /** Starts a server whose behaviour answers what is asked about the server as well. */
    public static FakeServer ofResultsOnly(Behaviour behaviour) {
        return new FakeServer(0, 0, true, behaviour);
    }

    /** Answers all that is asked with items 1 to k. */
    public static FakeServer sound() {
        return new FakeServer((peer, number) -> peer.answerSound());
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                if (isClosed) {
                    // Came in while the listener was being closed.
                    socket.close();
                    return;
                }
                if (sockets.size() <= deafConnections) {
                    continue;
                }
                Thread.ofPlatform().daemon().start(() -> new Peer(socket).serve());
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    /** Where it listens. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Requests for items so far. */
    public int requests() {
        return requests.get();
    }

    /** Connections so far. */
    public int connections() {
        return sockets.size();
    }

    /** Pings so far. */
    public int pings() {
        return pings.get();
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One connection and the request it is at. */
    public final class Peer {
        private final Socket socket;
        private final UnsafeBuffer request = new UnsafeBuffer(new byte[1 << 20]);
        private final ExpandableArrayBuffer answer = new ExpandableArrayBuffer(1 << 12);
        private final MessageHeaderEncoder header = new MessageHeaderEncoder();
        private final MessageHeaderDecoder requestHeader = new MessageHeaderDecoder();

        private boolean isTrickling;
        private int mostBytes = Integer.MAX_VALUE;

        Peer(Socket socket) {
            this.socket = socket;
        }

        private void serve() {
            try (socket) {
                DataInputStream input = new DataInputStream(socket.getInputStream());
                while (true) {
                    input.readFully(request.byteArray(), 0, FrameLayout.LENGTH_BYTES);
                    int length = (int) FrameLayout.length(request, 0);
                    input.readFully(request.byteArray(), FrameLayout.LENGTH_BYTES, length);
                    handle();
                }
            } catch (IOException | InterruptedException gone) {
                // The client or the test has ended.
            }
        }

        private void handle() throws IOException, InterruptedException {
            int template = isResultsOnly ? NONE : FrameLayout.templateId(request, 0);
            switch (template) {
                case PingDecoder.TEMPLATE_ID -> pong();
                case InfoRequestDecoder.TEMPLATE_ID -> info();
                case ColumnsRequestDecoder.TEMPLATE_ID, ScopeColumnsRequestDecoder.TEMPLATE_ID ->
                        columns();
                default -> behaviour.handle(this, requests.getAndIncrement());
            }
        }

        private void pong() throws IOException {
            pings.incrementAndGet();
            PongEncoder pong =
                    new PongEncoder().wrapAndApplyHeader(answer, FrameLayout.HEADER_OFFSET, header);
            pong.correlationId(correlationId());
            send(pong.encodedLength());
        }

        private void info() throws IOException {
            InfoRequestDecoder asked = new InfoRequestDecoder();
            asked.wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
            InfoResponseEncoder info =
                    new InfoResponseEncoder()
                            .wrapAndApplyHeader(answer, FrameLayout.HEADER_OFFSET, header);
            info.correlationId(correlationId())
                    .fingerprint(0xFEED_FACE_CAFE_BEEFL)
                    .items(1_000)
                    .users(100)
                    .dimension(4)
                    .maxK(50)
                    .protocolVersion(1);
            InfoResponseEncoder.SampleUsersEncoder users = info.sampleUsersCount(2);
            users.next().id(7);
            users.next().id(8);
            InfoResponseEncoder.SampleItemsEncoder items =
                    info.sampleItemsCount(asked.maxSamples());
            for (int i = 0; i < asked.maxSamples(); i++) {
                items.next().id(100 + i);
            }
            InfoResponseEncoder.ContextFieldsEncoder fields = info.contextFieldsCount(2);
            fields.next().codes(24).name("hour");
            fields.next().codes(3).name("tab");
            info.version("9.9-test");
            send(info.encodedLength());
        }

        private void columns() throws IOException {
            ColumnsResponseEncoder response =
                    new ColumnsResponseEncoder()
                            .wrapAndApplyHeader(answer, FrameLayout.HEADER_OFFSET, header);
            response.correlationId(correlationId())
                    .fingerprint(0xFEED_FACE_CAFE_BEEFL)
                    .maxCandidates(40)
                    .maxColumnBytes(4_000);
            ColumnsResponseEncoder.ColumnsEncoder columns = response.columnsCount(2);
            columns.next().form(FormCode.NUMBERS).maxValues(1).name("price");
            columns.next().form(FormCode.TEXTS).maxValues(3).name("tags");
            int bytes =
                    FrameLayout.finish(
                            answer, 0, response.encodedLength(), FrameLayout.RANK_VERSION);
            raw(answer.byteArray(), bytes);
        }

        /** Of the request. */
        public long correlationId() {
            return FrameLayout.correlationId(request, 0);
        }

        /** Version of the protocol that the request says. */
        public int version() {
            return FrameLayout.version(request, 0);
        }

        /** Whether the request is for similar items. */
        public boolean isSimilar() {
            return FrameLayout.templateId(request, 0) == SimilarRequestDecoder.TEMPLATE_ID;
        }

        /** The request as what it is. */
        public RecommendRequestDecoder recommend() {
            return new RecommendRequestDecoder()
                    .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
        }

        /** The request as what it is. */
        public ExplainRequestDecoder explain() {
            return new ExplainRequestDecoder()
                    .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
        }

        /** The request as what it is. */
        public SimilarRequestDecoder similar() {
            return new SimilarRequestDecoder()
                    .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
        }

        /** Whether the request is for the items nearest to a vector. */
        public boolean isSearch() {
            return FrameLayout.templateId(request, 0) == SearchRequestDecoder.TEMPLATE_ID;
        }

        /** The request as what it is. */
        public SearchRequestDecoder search() {
            return new SearchRequestDecoder()
                    .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
        }

        /** Whether the request is for the order of items. */
        public boolean isRank() {
            return FrameLayout.templateId(request, 0) == RankRequestDecoder.TEMPLATE_ID;
        }

        /** The request as what it is. */
        public RankRequestDecoder rank() {
            return new RankRequestDecoder()
                    .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
        }

        /** The items that a rank request names. */
        public long[] candidates() {
            RankRequestDecoder rank = rank();
            rank.context().sbeSkip();
            RankRequestDecoder.CandidatesDecoder candidates = rank.candidates();
            long[] ids = new long[candidates.count()];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = candidates.next().itemId();
            }
            return ids;
        }

        /** Whether the request tells what a user did. */
        public boolean isFeedback() {
            return FrameLayout.templateId(request, 0) == FeedbackRequestDecoder.TEMPLATE_ID;
        }

        /** Whether the request brings an item. */
        public boolean isUpsert() {
            return FrameLayout.templateId(request, 0) == UpsertRequestDecoder.TEMPLATE_ID;
        }

        /** Whether the request is to take an item out. */
        public boolean isDelete() {
            return FrameLayout.templateId(request, 0) == DeleteRequestDecoder.TEMPLATE_ID;
        }

        /** The request as what it is. */
        public DeleteRequestDecoder delete() {
            return new DeleteRequestDecoder()
                    .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
        }

        /** The request as what it is. */
        public UpsertRequestDecoder upsert() {
            return new UpsertRequestDecoder()
                    .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
        }

        /** The request as what it is. */
        public UpdateRequestDecoder update() {
            return new UpdateRequestDecoder()
                    .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
        }

        /** The request as what it is. */
        public FeedbackRequestDecoder feedback() {
            return new FeedbackRequestDecoder()
                    .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, requestHeader);
        }

        /** Items asked for. */
        public int k() {
            return switch (FrameLayout.templateId(request, 0)) {
                case RecommendRequestDecoder.TEMPLATE_ID -> recommend().k();
                case SimilarRequestDecoder.TEMPLATE_ID -> similar().k();
                default -> search().k();
            };
        }

        /** Items 1 to k, scores 0.5. */
        public void answerSound() throws IOException {
            long[] ids = new long[k()];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = i + 1L;
            }
            answer(Status.OK, ReasonCode.NONE, ids, 0.5f, "");
        }

        /** Answers OK without items. */
        public void answerEmpty() throws IOException {
            answer(Status.OK, ReasonCode.NONE, new long[0], 0, "");
        }

        /** Answers with two items and their scores. */
        public void answerScored(long[] ids, float first, float second) throws IOException {
            ResultResponseEncoder result =
                    new ResultResponseEncoder()
                            .wrapAndApplyHeader(answer, FrameLayout.HEADER_OFFSET, header);
            result.correlationId(correlationId()).serviceNs(1).fingerprint(1);
            result.retrieved(2).ranked(2).degraded().clear();
            result.status(Status.OK.wire()).reason(ReasonCode.NONE);
            ResultResponseEncoder.ItemsEncoder items = result.itemsCount(2);
            items.next().itemId(ids[0]).score(first).source(SourceCode.RANKED);
            items.next().itemId(ids[1]).score(second).source(SourceCode.RANKED);
            result.message("");
            send(result.encodedLength());
        }

        /** Answers with these items, all of one score. */
        public void answer(
                Status status, ReasonCode reason, long[] ids, float score, String message)
                throws IOException {
            answer(correlationId(), status, reason, ids, score, message);
        }

        /** Answers with these items, all of one score, under any correlation id. */
        public void answer(
                long correlationId,
                Status status,
                ReasonCode reason,
                long[] ids,
                float score,
                String message)
                throws IOException {
            ResultResponseEncoder result =
                    new ResultResponseEncoder()
                            .wrapAndApplyHeader(answer, FrameLayout.HEADER_OFFSET, header);
            result.correlationId(correlationId)
                    .serviceNs(1_234)
                    .fingerprint(0xFEED_FACE_CAFE_BEEFL)
                    .retrieved(300)
                    .ranked(200)
                    .degraded()
                    .clear()
                    .noRules(reason == ReasonCode.RULES_RELAXED);
            result.status(status.wire()).reason(reason);
            ResultResponseEncoder.ItemsEncoder items = result.itemsCount(ids.length);
            for (long id : ids) {
                items.next().itemId(id).score(score).source(SourceCode.RANKED);
            }
            result.message(message);
            send(result.encodedLength());
        }

        private void send(int bodyBytes) throws IOException {
            raw(answer.byteArray(), FrameLayout.finish(answer, 0, bodyBytes));
        }

        /** Sends every answer byte by byte from now on. */
        public void trickle() {
            isTrickling = true;
        }

        /** Sends only so many bytes of the next answer, then resets the connection. */
        public void resetAfter(int bytes) {
            mostBytes = bytes;
        }

        /** Sends any bytes. */
        public void raw(byte[] bytes, int count) throws IOException {
            OutputStream output = socket.getOutputStream();
            int sent = Math.min(count, mostBytes);
            if (isTrickling) {
                for (int i = 0; i < sent; i++) {
                    output.write(bytes[i]);
                }
            } else {
                output.write(bytes, 0, sent);
            }
            if (sent < count) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        }

        /** Hangs up. */
        public void hangUp() throws IOException {
            socket.close();
        }
    }
}
