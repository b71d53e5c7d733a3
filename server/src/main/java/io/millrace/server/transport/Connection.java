package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.server.config.ServerConfig.LimitsConfig;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.RequestKind;
import io.millrace.server.security.Gate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client: takes frames out of its bytes and writes answers back in the order they are ready.
 *
 * <p>While its peer does not read its answers, or has too many requests in flight, it is not read
 * from. A frame that can't be served is answered and skipped; the connection goes on wherever it is
 * known where the next frame begins.
 *
 * <p>Threading: its event loop, but for {@link #isOpen}. Allocation: none per frame; buffers come
 * from the channel's pool.
 */
@HotPath
@SuppressWarnings("FutureReturnValueIgnored") // Of closing: closeFuture tells.
final class Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int LINGER_MS = 1_000;

    /** Whoever sends nothing from one check to the next so often is taken to have stopped. */
    private static final int QUIET_CHECKS = 4;

    private static final int QUIET_CHECK_MS = 5;
    private static final int DRAIN_LINGER_MS = 100;

    private final SocketChannel channel;
    private final IoLane lane;
    private final LimitsConfig limits;
    private final AtomicInteger connections;
    private final ReadBuffer input;
    private final AnswerBatch output;
    private final ReaderWatch reader;
    private final Gate gate;
    private final boolean isEncrypted;
    private final Runnable resume = this::resume;

    private volatile boolean isOpen = true;
    private long arrivalNs;
    private long skipBytes;
    private int inFlight;
    private int lingerMs = -1;
    private boolean isPaused;
    private boolean isTouched;
    private boolean isFinished;

    /** When a stopping server had last heard of it, and how often it was found quiet since. */
    private long quietSinceNs;

    private int quietChecks;

    /** Of a channel that encrypts where its pipeline holds handlers already. */
    Connection(
            SocketChannel channel,
            IoLane lane,
            LimitsConfig limits,
            AtomicInteger connections,
            Gate gate,
            boolean isEncrypted) {
        this.channel = channel;
        this.lane = lane;
        this.limits = limits;
        this.connections = connections;
        this.gate = gate;
        this.isEncrypted = isEncrypted;
        this.input = new ReadBuffer(channel.alloc(), limits.frameBytes());
        this.output = new AnswerBatch(channel);
        this.reader = new ReaderWatch(channel, lane.metrics(), limits.slowReaderMs());
        connections.incrementAndGet();
        lane.metrics().accepted().increment();
        if (!isEncrypted) {
            channel.config().setRecvByteBufAllocator(input);
        }
        channel.closeFuture().addListener(closed -> closed());
    }

    /** Whether anybody waits for answers; any thread may ask. */
    boolean isOpen() {
        return isOpen;
    }

    /** What may be asked for here. */
    Gate gate() {
        return gate;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (connections.get() > limits.connections()) {
            lane.metrics().refused().increment();
            lane.dispatcher()
                    .refuse(
                            this,
                            RequestKind.UNKNOWN,
                            FrameLayout.NO_CORRELATION_ID,
                            Status.OVERLOADED,
                            Refusal.CONNECTIONS,
                            "too many connections; close some or raise limits.connections");
            closeAfterAnswers(LINGER_MS);
        }
    }

    private void closed() {
        isOpen = false;
        connections.decrementAndGet();
        lane.metrics().closed().increment();
        lane.remove(this);
        input.release();
        output.release();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf arrived = (ByteBuf) message;
        if (isEncrypted && isOpen) {
            input.append(arrived);
        }
        // Else it is the read buffer itself, lent to the channel for one read.
        arrived.release();
        arrivalNs = System.nanoTime();
        if (!isPaused) {
            takeFrames();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        output.flush();
    }

    private void takeFrames() {
        while (isOpen && takeFrame()) {
            if (mustPause()) {
                pause();
                break;
            }
        }
        if (isOpen) {
            input.compact();
        }
    }

    /** Takes one frame, or what there is of one to be skipped; false if more bytes are needed. */
    private boolean takeFrame() {
        int readable = input.readableBytes();
        if (skipBytes > 0) {
            int skipped = (int) Math.min(skipBytes, readable);
            input.consume(skipped);
            skipBytes -= skipped;
            return skipped > 0;
        }
        if (readable < FrameLayout.LENGTH_BYTES) {
            return false;
        }
        int frame = input.position();
        long length = FrameLayout.length(input.view(), frame);
        if (length > limits.frameBytes()) {
            return refuseTooLarge(frame, length, readable);
        }
        int frameBytes = FrameLayout.LENGTH_BYTES + (int) length;
        if (readable < frameBytes) {
            return false;
        }
        lane.dispatcher().dispatch(this, input.view(), frame, arrivalNs);
        input.consume(frameBytes);
        return true;
    }

    private boolean refuseTooLarge(int frame, long length, int readable) {
        if (readable < FrameLayout.LENGTH_BYTES + FrameLayout.MIN_LENGTH) {
            return false;
        }
        boolean isOurs = FrameLayout.schemaId(input.view(), frame) == FrameLayout.SCHEMA_ID;
        lane.dispatcher()
                .refuse(
                        this,
                        RequestKind.UNKNOWN,
                        isOurs
                                ? FrameLayout.correlationId(input.view(), frame)
                                : FrameLayout.NO_CORRELATION_ID,
                        Status.TOO_LARGE,
                        "frame too large; send less or raise limits.frameBytes");
        if (isOurs && length <= WireLimits.MAX_FRAME_BYTES) {
            skipBytes = FrameLayout.LENGTH_BYTES + length;
        } else {
            closeAfterAnswers(LINGER_MS);
        }
        return true;
    }

    /** A request was handed over. */
    void began() {
        inFlight++;
    }

    /** Adds a frame to what is sent next. */
    void answer(ByteBuffer frame) {
        if (isOpen) {
            output.append(frame);
        }
    }

    /** A request came back; true if {@link #flushCompleted} has to be called. */
    boolean complete(RequestSlot slot) {
        inFlight--;
        if (!isOpen) {
            lane.metrics().unread().increment();
            return false;
        }
        if (slot.frameBytes() > 0) {
            output.append(slot.frame());
        }
        boolean isFirst = !isTouched;
        isTouched = true;
        return isFirst;
    }

    /**
     * An answer came that needed no slot.
     *
     * @param frame to be sent; null where it could not be made
     */
    void complete(@Nullable ByteBuffer frame) {
        inFlight--;
        if (!isOpen) {
            lane.metrics().unread().increment();
        } else if (frame != null) {
            output.append(frame);
        }
        flushCompleted();
    }

    void flushCompleted() {
        isTouched = false;
        if (isOpen) {
            output.flush();
            resume();
            finishClosing();
        }
    }

    private boolean mustPause() {
        return lingerMs < 0
                && (!channel.isWritable() || inFlight >= limits.inFlightPerConnection());
    }

    private void pause() {
        isPaused = true;
        lane.metrics().pauses().increment();
        channel.config().setAutoRead(false);
    }

    private void resume() {
        if (isPaused && isOpen && !isFinished && !mustPause()) {
            isPaused = false;
            takeFrames();
            output.flush();
            if (!isPaused && isOpen) {
                channel.config().setAutoRead(true);
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            reader.caughtUp();
            // Not at once: this is called from inside a write.
            channel.eventLoop().execute(resume);
        } else {
            reader.fellBehind();
        }
    }

    /**
     * Closes the connection when all that its peer has sent is answered, and it has sent nothing
     * for a moment: who is told that the server stops goes elsewhere. What it sends until then is
     * answered; what is sent after the end of the answers is not read as a request any more.
     *
     * @param latestNs by {@link System#nanoTime}, when it ends for one that goes on sending
     */
    void closeWhenQuiet(long latestNs) {
        if (lingerMs >= 0 || !isOpen) {
            return;
        }
        boolean isQuiet =
                arrivalNs == quietSinceNs
                        && inFlight == 0
                        && !isPaused
                        && input.readableBytes() == 0;
        quietSinceNs = arrivalNs;
        // Between two checks the socket is looked at, however late they are.
        quietChecks = isQuiet ? quietChecks + 1 : 0;
        if (quietChecks >= QUIET_CHECKS || System.nanoTime() - latestNs >= 0) {
            lingerMs = DRAIN_LINGER_MS;
            // What was read is answered, however much the peer leaves unread.
            takeFrames();
            output.flush();
            finishClosing();
        } else {
            channel.eventLoop()
                    .schedule(
                            () -> closeWhenQuiet(latestNs), QUIET_CHECK_MS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Closes the connection when all answers are on their way. What still arrives is thrown away
     * for a while: closing with unread bytes would reset the connection and lose the last answer.
     */
    void closeAfterAnswers(int lingerMs) {
        if (this.lingerMs < 0 && isOpen) {
            this.lingerMs = lingerMs;
            skipBytes = Long.MAX_VALUE;
            channel.eventLoop().execute(resume);
            finishClosing();
        }
    }

    private void finishClosing() {
        if (lingerMs >= 0 && inFlight == 0 && !isFinished) {
            isFinished = true;
            output.flush();
            // Nothing is read that could not be answered any more.
            channel.config().setAutoRead(false);
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> endOutput());
            channel.eventLoop().schedule(() -> channel.close(), lingerMs, TimeUnit.MILLISECONDS);
        }
    }

    /** Tells the peer that nothing more will come; TLS says so itself first. */
    private void endOutput() {
        skipBytes = Long.MAX_VALUE;
        isPaused = false;
        channel.config().setAutoRead(true);
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener(told -> channel.shutdownOutput());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("connection failed: peer={}", channel.remoteAddress(), cause);
        }
        channel.close();
    }
}
