package io.millrace.server.log;

import io.millrace.core.HotPath;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.server.metrics.Counter;

import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.lang.foreign.MemorySegment;

/**
 * The way of impressions from one worker to the log. When it is full they are dropped: the worker
 * never waits.
 *
 * <p>Threading: the worker writes, the log's thread drains, any thread counts. Allocation: only in
 * the constructor. Ownership: its memory, which {@link #free}s once nobody uses it any more.
 */
@HotPath
final class ImpressionRing implements ImpressionSink {
    /** A ring takes no record longer than this part of it. */
    static final int RECORDS_AT_LEAST = 8;

    private static final int MESSAGE_TYPE = 1;

    private final DirectMemory owned;
    private final MemorySegment memory;
    private final OneToOneRingBuffer ring;
    private final SplitRandom sample;
    private final float share;
    private final Counter wanted = new Counter();
    private final Counter dropped = new Counter();

    /**
     * An empty ring.
     *
     * @param capacityBytes a power of two
     * @param share of impressions that are wanted
     * @param seed of the sample
     */
    ImpressionRing(int capacityBytes, double share, long seed) {
        this.owned = DirectMemory.allocate(capacityBytes + RingBufferDescriptor.TRAILER_LENGTH);
        this.memory = owned.segment();
        this.ring = new OneToOneRingBuffer(new UnsafeBuffer(memory.asByteBuffer()));
        this.share = (float) share;
        this.sample = SplitRandom.forStream(seed, 0);
    }

    /** Gives the memory back; nobody may use the ring any more. */
    void free() {
        owned.close();
    }

    @Override
    public boolean isWanted() {
        return share >= 1 || sample.nextFloat() < share;
    }

    /** All of it: what it belongs to may be among the impressions that a sample took. */
    @Override
    public boolean takesFeedback() {
        return true;
    }

    @Override
    public int claim(int bytes) {
        wanted.increment();
        int at = ring.tryClaim(MESSAGE_TYPE, bytes);
        if (at < 0) {
            dropped.increment();
            return NOT_WANTED;
        }
        return at;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public void commit(int at) {
        ring.commit(at);
    }

    @Override
    public void abort(int at) {
        dropped.increment();
        ring.abort(at);
    }

    /** Hands over all that is there; called by the log's thread. */
    void drain(MessageHandler handler) {
        // A read ends where the ring begins anew, and the rest may be behind that.
        ring.read(handler);
        ring.read(handler);
    }

    /** Records that were to be logged. */
    long wantedCount() {
        return wanted.get();
    }

    /** Those of them that found no room, or could not be written. */
    long droppedCount() {
        return dropped.get();
    }
}
