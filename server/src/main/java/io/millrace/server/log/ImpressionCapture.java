package io.millrace.server.log;

import io.millrace.core.HotPath;
import io.millrace.ranker.impression.Impression;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keeps the newest impression and forgets the one before.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class ImpressionCapture implements ImpressionSink {
    private final MemorySegment memory;
    private final Impression newest;
    private int length;

    /**
     * Nothing captured yet.
     *
     * @param plan what the impressions are like.
     */
    public ImpressionCapture(ImpressionPlan plan) {
        memory = Arena.ofAuto().allocate(plan.maxRecordBytes(), Long.BYTES);
        newest = new Impression(plan.description().layout());
    }

    @Override
    public boolean isWanted() {
        return true;
    }

    @Override
    public boolean takesFeedback() {
        return false;
    }

    @Override
    public int claim(int bytes) {
        length = bytes;
        return 0;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public void commit(int at) {
        boolean isSound = newest.wrap(memory, at, length);
        assert isSound : "length=" + length;
    }

    @Override
    public void abort(int at) {
        length = 0;
    }

    /**
     * The newest impression.
     *
     * @return overwritten by the next.
     */
    public Impression newest() {
        return newest;
    }
}
