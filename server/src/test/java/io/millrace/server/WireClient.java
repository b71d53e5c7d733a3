package io.millrace.server;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.core.wire.codec.StatsResponseDecoder;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A client of one thread that sends any bytes and reads whole frames. */
public final class WireClient implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    public WireClient(int port) throws IOException {
        this(port, 0);
    }

    /** A client whose socket takes few bytes before it is read from. */
    public WireClient(int port, int receiveBytes) throws IOException {
        socket = new Socket();
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = socket.getOutputStream();
    }

    /** A client of a connection that is open already. */
    public WireClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = socket.getOutputStream();
    }

    /** Shows a token. */
    public Result introduce(String token) throws IOException {
        return ask(Frames.auth(0, token));
    }

    public void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    public void send(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
        out.flush();
    }

    /** Reads one frame; the end of the stream is an error. */
    public byte[] receive() throws IOException {
        byte[] prefix = new byte[FrameLayout.LENGTH_BYTES];
        in.readFully(prefix);
        int length = (int) FrameLayout.length(new UnsafeBuffer(prefix), 0);
        byte[] frame = new byte[prefix.length + length];
        System.arraycopy(prefix, 0, frame, 0, prefix.length);
        in.readFully(frame, prefix.length, length);
        return frame;
    }

    /** Reads one frame, which must be a result. */
    public Result result() throws IOException {
        return Result.of(receive());
    }

    public Result ask(byte[] frame) throws IOException {
        send(frame);
        return result();
    }

    public InfoResponseDecoder info(int samples) throws IOException {
        send(Frames.info(1, samples));
        InfoResponseDecoder info = new InfoResponseDecoder();
        info.wrapAndApplyHeader(
                new UnsafeBuffer(receive()), FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
        return info;
    }

    public ColumnsResponseDecoder columns() throws IOException {
        return columns(Frames.columns(1));
    }

    /** What a frame that asks for columns is answered with. */
    public ColumnsResponseDecoder columns(byte[] frame) throws IOException {
        send(frame);
        ColumnsResponseDecoder columns = new ColumnsResponseDecoder();
        columns.wrapAndApplyHeader(
                new UnsafeBuffer(receive()), FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
        return columns;
    }

    /** What a frame that asks for an explanation is answered with. */
    public Explained explain(byte[] frame) throws IOException {
        send(frame);
        return Explained.of(receive());
    }

    /** Reads one frame, which must tell what was counted: each number by its name. */
    public Map<String, Double> stats() throws IOException {
        byte[] frame = receive();
        UnsafeBuffer buffer = new UnsafeBuffer(frame);
        int template = FrameLayout.templateId(buffer, 0);
        if (template != StatsResponseDecoder.TEMPLATE_ID) {
            throw new AssertionError("not statistics: " + Result.of(frame));
        }
        StatsResponseDecoder stats = new StatsResponseDecoder();
        stats.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
        Map<String, Double> samples = new LinkedHashMap<>();
        for (StatsResponseDecoder.SamplesDecoder sample : stats.samples()) {
            double value = sample.value();
            String name = sample.name();
            if (samples.put(name, value) != null) {
                throw new AssertionError("twice: " + name);
            }
        }
        return samples;
    }

    /** Whether the server has closed its side and nothing is left to be read. */
    public boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    public InputStream in() {
        return in;
    }

    /** Says that nothing more will be sent, and reads whatever comes until the server closes. */
    public void finish() throws IOException {
        socket.shutdownOutput();
        in.skipNBytes(in.available());
        while (in.read() >= 0) {
            in.skipNBytes(in.available());
        }
    }

    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A result as read. */
    public record Result(
            long correlationId,
            Status status,
            ReasonCode reason,
            int retrieved,
            int ranked,
            int degraded,
            long fingerprint,
            long serviceNs,
            List<Item> items,
            String message,
            List<Long> stageNs) {
        static Result of(byte[] frame) {
            UnsafeBuffer buffer = new UnsafeBuffer(frame);
            int template = FrameLayout.templateId(buffer, 0);
            if (template != ResultResponseDecoder.TEMPLATE_ID) {
                throw new AssertionError("not a result: template=" + template);
            }
            ResultResponseDecoder result = new ResultResponseDecoder();
            result.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
            List<Item> items = new ArrayList<>();
            for (ResultResponseDecoder.ItemsDecoder item : result.items()) {
                items.add(new Item(item.itemId(), item.score(), item.source()));
            }
            return new Result(
                    result.correlationId(),
                    Status.of(result.statusRaw()),
                    result.reason(),
                    result.retrieved(),
                    result.ranked(),
                    result.degraded().getRaw(),
                    result.fingerprint(),
                    result.serviceNs(),
                    items,
                    result.message(),
                    stageNs(result));
        }

        private static List<Long> stageNs(ResultResponseDecoder result) {
            byte[] bytes = new byte[result.stageNsLength()];
            result.getStageNs(bytes, 0, bytes.length);
            LongBuffer times = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
            List<Long> all = new ArrayList<>();
            while (times.hasRemaining()) {
                all.add(times.get());
            }
            return all;
        }

        public List<Long> itemIds() {
            return items.stream().map(Item::itemId).toList();
        }
    }

    /** One item of a result. */
    public record Item(long itemId, float score, SourceCode source) {}
}
