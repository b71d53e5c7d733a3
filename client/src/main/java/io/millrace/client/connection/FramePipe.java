package io.millrace.client.connection;

import io.millrace.core.error.MillraceException;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;

import javax.net.ssl.SSLEngine;

/**
 * The socket of a connection: frames go in and come out, encrypted where the plan says so.
 *
 * <p>Threading: the event loop. Ownership: close it.
 */
final class FramePipe {
    private final Address address;
    private final SocketChannel socket;
    private final SelectionKey key;
    private final @Nullable TlsChannel tls;

    /** What frames are read from and written to: the socket, or what encrypts it. */
    private final ReadableByteChannel source;

    private final GatheringByteChannel sink;
    private final FrameInput input;
    private final FrameOutput output = new FrameOutput();
    private boolean isConnected;
    private boolean isOpen;

    /**
     * Begins to connect.
     *
     * @param ready run when the socket can go on, never before this has returned.
     */
    FramePipe(Link.Shared shared, Address address, InetSocketAddress remote, Runnable ready)
            throws IOException {
        this.address = address;
        this.input = new FrameInput(address);
        this.socket = SocketChannel.open();
        try {
            SSLEngine engine = shared.plan().security().newEngine(address.host(), address.port());
            tls = engine == null ? null : new TlsChannel(socket, engine);
            source = tls == null ? socket : tls;
            sink = tls == null ? socket : tls;
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            key = shared.loop().register(socket, SelectionKey.OP_CONNECT, ready);
            if (socket.connect(remote)) {
                shared.loop().execute(ready);
            }
        } catch (IOException | UnsupportedAddressTypeException e) {
            socket.close();
            throw new IOException(Failures.reason(e), e);
        }
    }

    /** Whether frames may go and come. */
    boolean isOpen() {
        return isOpen;
    }

    /**
     * Goes on with connecting, and with the handshake, as far as it can now.
     *
     * @return whether it is open.
     * @throws MillraceException when it never will be.
     */
    boolean open() {
        try {
            isConnected = isConnected || socket.finishConnect();
        } catch (IOException e) {
            throw Failures.unreachable(address, Failures.reason(e));
        }
        try {
            isOpen = isConnected && (tls == null || isShaken(tls));
        } catch (IOException e) {
            throw Failures.insecure(address, Failures.reason(e));
        }
        if (isConnected) {
            listen();
        }
        return isOpen;
    }

    private static boolean isShaken(TlsChannel encrypting) throws IOException {
        encrypting.flush();
        return encrypting.handshake();
    }

    /** Waits for what comes and, where something is left to be written, for room. */
    private void listen() {
        boolean isWriting = !output.isEmpty() || hasUnsent();
        int wanted = SelectionKey.OP_READ | (isWriting ? SelectionKey.OP_WRITE : 0);
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    private boolean hasUnsent() {
        return tls != null && tls.hasUnsent();
    }

    void add(ByteBuffer frame) {
        output.add(frame);
    }

    /** Takes back a frame of which nothing was written. */
    void takeBack(ByteBuffer unwritten) {
        output.takeBack(unwritten);
    }

    /** Writes what the socket takes now. */
    void flush() throws IOException {
        if (output.isEmpty() && !hasUnsent()) {
            return;
        }
        if (tls != null) {
            tls.flush();
        }
        output.writeTo(sink);
        listen();
    }

    boolean isReadable() {
        return key.isReadable();
    }

    /** Reads what is there; -1 at the end of the stream. */
    int read() throws IOException {
        return input.readFrom(source);
    }

    /** Whether bytes have come that no readiness of the socket will tell of again. */
    boolean hasMore() {
        return tls != null && tls.hasMore();
    }

    /** The next frame that is whole, or null; valid until the next call. */
    @Nullable DirectBuffer next() {
        return input.next();
    }

    /** Why it ended before anything could be asked. */
    MillraceException brokenEarly(String reason) {
        return tls == null
                ? Failures.unreachable(address, reason)
                : Failures.insecure(address, reason);
    }

    void close() {
        try {
            if (tls != null && isConnected) {
                tls.close();
            } else {
                socket.close();
            }
        } catch (IOException ignored) {
            // Closing is all that is left to do; nothing depends on how it went.
        }
    }
}
