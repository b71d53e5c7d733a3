package io.millrace.loadgen.client;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.WireLimits;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * One connection on which whole frames are sent and received, no operation longer than a timeout.
 * After any failure it is closed: what a late answer belongs to would not be known.
 *
 * <p>Threading: one thread at a time. Allocation: its buffer grows to the longest frame.
 */
final class FrameSocket implements AutoCloseable {
    private static final int INITIAL_BYTES = 8 << 10;
    private static final String NOT_OURS = "; check the port, it has to be millrace's own";

    private final String address;
    private final int timeoutMs;
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private final UnsafeBuffer view = new UnsafeBuffer(bytes);
    private int filled;

    private FrameSocket(String address, int timeoutMs, SocketChannel channel, Selector selector)
            throws IOException {
        this.address = address;
        this.timeoutMs = timeoutMs;
        this.channel = channel;
        this.selector = selector;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.key = channel.register(selector, SelectionKey.OP_CONNECT);
    }

    static FrameSocket connect(String host, int port, int timeoutMs) {
        if (port < 1 || port > 65_535) {
            throw MillraceException.usage("bad port: port=%d, limit=1 to 65535", port);
        }
        if (timeoutMs < 1) {
            throw MillraceException.usage("bad timeout: timeoutMs=%d, limit=1 or more", timeoutMs);
        }
        String address = host + ":" + port;
        FrameSocket socket = null;
        try {
            socket = new FrameSocket(address, timeoutMs, SocketChannel.open(), Selector.open());
            socket.connect(new InetSocketAddress(host, port));
            return socket;
        } catch (IOException | UnresolvedAddressException e) {
            if (socket != null) {
                socket.close();
            }
            throw unavailable(
                    "no server answers: address="
                            + address
                            + ", reason="
                            + (e instanceof UnresolvedAddressException ? "unknown host" : reason(e))
                            + "; start one with 'millrace serve' or check host and port",
                    e);
        }
    }

    private void connect(InetSocketAddress remote) throws IOException {
        if (!channel.connect(remote)) {
            long deadlineNs = deadlineNs();
            while (!channel.finishConnect()) {
                await(SelectionKey.OP_CONNECT, deadlineNs, "connect to the server");
            }
        }
    }

    private long deadlineNs() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    private void await(int operation, long deadlineNs, String doing) throws IOException {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        if (leftMs <= 0) {
            close();
            throw unavailable(
                    "the server did not answer in time: address="
                            + address
                            + ", waiting to="
                            + doing
                            + ", timeoutMs="
                            + timeoutMs
                            + "; look at its load or raise the timeout",
                    null);
        }
        key.interestOps(operation);
        selector.select(leftMs);
        selector.selectedKeys().clear();
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("interrupted");
        }
    }

    /** Sends all of a buffer. */
    void send(ByteBuffer frame) {
        requireOpen();
        try {
            long deadlineNs = deadlineNs();
            while (frame.hasRemaining()) {
                if (channel.write(frame) == 0) {
                    await(SelectionKey.OP_WRITE, deadlineNs, "send a request");
                }
            }
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** Receives one frame, sound and whole, at offset 0 of the buffer; valid until the next. */
    UnsafeBuffer receive() {
        requireOpen();
        try {
            long deadlineNs = deadlineNs();
            filled = 0;
            fill(FrameLayout.BODY_OFFSET, deadlineNs);
            long length = FrameLayout.length(view, 0);
            if (length < FrameLayout.MIN_LENGTH
                    || length > WireLimits.MAX_FRAME_BYTES
                    || FrameLayout.schemaId(view, 0) != FrameLayout.SCHEMA_ID) {
                throw foreign("its bytes are no frame of ours");
            }
            fill(FrameLayout.LENGTH_BYTES + (int) length, deadlineNs);
        } catch (IOException e) {
            throw lost(e);
        }
        FrameVerdict verdict = FrameCheck.check(view, 0);
        if (verdict != FrameVerdict.SOUND) {
            throw foreign(verdict.message());
        }
        return view;
    }

    private void fill(int wanted, long deadlineNs) throws IOException {
        if (wanted > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(wanted, 2 * bytes.length));
            view.wrap(bytes);
        }
        ByteBuffer target = ByteBuffer.wrap(bytes, filled, wanted - filled);
        while (target.hasRemaining()) {
            int count = channel.read(target);
            if (count < 0) {
                throw new IOException("closed by the server");
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, deadlineNs, "receive an answer");
            }
        }
        filled = wanted;
    }

    /** The other side speaks something else. */
    MillraceException foreign(String what) {
        close();
        return unavailable(
                "not a millrace server: address=" + address + ", reason=" + what + NOT_OURS, null);
    }

    private void requireOpen() {
        if (!channel.isOpen()) {
            throw unavailable(
                    "the connection is closed: address=" + address + "; connect again", null);
        }
    }

    private MillraceException lost(IOException cause) {
        close();
        return unavailable(
                "connection lost: address="
                        + address
                        + ", reason="
                        + reason(cause)
                        + "; look at the server's log, then connect again",
                cause);
    }

    private static String reason(Exception cause) {
        String text = cause.getMessage();
        return text == null
                ? cause.getClass().getSimpleName()
                : text.lines().findFirst().orElse("");
    }

    private static MillraceException unavailable(String message, @Nullable Throwable cause) {
        return new MillraceException(ErrorCode.UNAVAILABLE, message, cause);
    }

    String address() {
        return address;
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException ignored) {
            // Closing is all that is left to do; nothing depends on how it went.
        }
    }
}
