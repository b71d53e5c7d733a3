package io.millrace.client.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * A socket that encrypts: what is written to it and read from it are plain bytes. Nothing ever
 * blocks but the engine's own computing, which takes some milliseconds in a handshake.
 *
 * <p>Threading: one thread. Allocation: its buffers, and whatever the engine takes for a record.
 */
final class TlsChannel implements ReadableByteChannel, GatheringByteChannel {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel socket;
    private final SSLEngine engine;

    /** What came, to be decrypted; read from its start. */
    private ByteBuffer arrived;

    /** What was decrypted, to be read. */
    private ByteBuffer plain;

    /** What was encrypted, to be sent. */
    private ByteBuffer leaving;

    private boolean needsMore = true;
    private boolean isEnded;

    TlsChannel(SocketChannel socket, SSLEngine engine) throws SSLException {
        this.socket = socket;
        this.engine = engine;
        int packetBytes = engine.getSession().getPacketBufferSize();
        arrived = ByteBuffer.allocate(2 * packetBytes).flip();
        plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
        leaving = ByteBuffer.allocate(2 * packetBytes).flip();
        engine.beginHandshake();
    }

    /** Goes on with the handshake as far as the bytes reach; true when it is over. */
    boolean handshake() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> {
                    wrap(NOTHING);
                    send();
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (isEnded) {
                        throw new IOException("ended by the server within the tls handshake");
                    }
                    if (needsMore && !receive()) {
                        return false;
                    }
                    unwrap();
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return true;
                }
            }
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** Reads what has come; false where nothing has. */
    private boolean receive() throws IOException {
        arrived.compact();
        int count = socket.read(arrived);
        arrived.flip();
        if (count < 0) {
            throw new IOException("closed by the server within the tls handshake");
        }
        needsMore &= count == 0;
        return count > 0;
    }

    /** Decrypts one record, if a whole one is there. */
    private void unwrap() throws SSLException {
        plain.compact();
        SSLEngineResult result = engine.unwrap(arrived, plain);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            ByteBuffer larger =
                    ByteBuffer.allocate(
                            plain.position() + engine.getSession().getApplicationBufferSize());
            plain = larger.put(plain.flip());
        }
        plain.flip();
        needsMore = result.getStatus() == Status.BUFFER_UNDERFLOW;
        isEnded |= result.getStatus() == Status.CLOSED;
    }

    /** Encrypts what fits, or answers what the handshake wants. */
    private void wrap(ByteBuffer source) throws SSLException {
        leaving.compact();
        SSLEngineResult result = engine.wrap(source, leaving);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            ByteBuffer larger =
                    ByteBuffer.allocate(
                            leaving.position() + engine.getSession().getPacketBufferSize());
            leaving = larger.put(leaving.flip());
        }
        leaving.flip();
    }

    private void send() throws IOException {
        if (leaving.hasRemaining()) {
            socket.write(leaving);
        }
    }

    /** Whether bytes have come that no readiness of the socket will tell of again. */
    boolean hasMore() {
        return plain.hasRemaining() || (!needsMore && arrived.hasRemaining());
    }

    /** Whether encrypted bytes wait for the socket. */
    boolean hasUnsent() {
        return leaving.hasRemaining();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        while (!plain.hasRemaining() && !isEnded) {
            if (!hasMore()) {
                arrived.compact();
                int count = socket.read(arrived);
                arrived.flip();
                if (count <= 0) {
                    return count;
                }
                needsMore = false;
            }
            unwrap();
            answerTls();
        }
        if (!plain.hasRemaining()) {
            return -1;
        }
        int count = Math.min(plain.remaining(), target.remaining());
        target.put(plain.slice(plain.position(), count));
        plain.position(plain.position() + count);
        return count;
    }

    /** Keys may be changed at any time. */
    private void answerTls() throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP) {
            if (status == HandshakeStatus.NEED_TASK) {
                runTasks();
            } else {
                wrap(NOTHING);
                send();
            }
            if (engine.isOutboundDone()) {
                return;
            }
            status = engine.getHandshakeStatus();
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int before = source.remaining();
        send();
        while (source.hasRemaining() && !leaving.hasRemaining()) {
            wrap(source);
            send();
        }
        return before - source.remaining();
    }

    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += write(sources[i]);
            if (sources[i].hasRemaining()) {
                break;
            }
        }
        return count;
    }

    /** Sends what waits for the socket. */
    void flush() throws IOException {
        send();
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    /** Tells the server that this is the end, as far as the socket takes it at once. */
    @Override
    public void close() throws IOException {
        try {
            engine.closeOutbound();
            wrap(NOTHING);
            send();
        } finally {
            socket.close();
        }
    }
}
