package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.core.memory.DirectMemory;
import io.millrace.server.request.RequestLimits;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * The slots of one event loop. The last one freed is the next one taken: it is still in the cache.
 *
 * <p>Threading: the event loop. Allocation: only in the constructor. Ownership: {@link #free}s the
 * memory of the frames.
 */
@HotPath
final class SlotPool {
    private final RequestSlot[] free;
    private final DirectMemory memory;
    private int freeCount;

    SlotPool(IoLane lane, LaneFunnel owner, int capacity, RequestLimits limits) {
        int frameCapacity = RequestSlot.frameCapacity(limits);
        memory = DirectMemory.allocate(Math.multiplyExact(capacity, frameCapacity));
        ByteBuffer frames = memory.segment().asByteBuffer();
        free = new RequestSlot[capacity];
        for (int i = 0; i < capacity; i++) {
            ByteBuffer frame = frames.slice(i * frameCapacity, frameCapacity);
            free[i] = new RequestSlot(lane, owner, limits, frame);
        }
        freeCount = capacity;
    }

    /** Takes a slot, or null if all are in flight. */
    @Nullable RequestSlot acquire() {
        return freeCount == 0 ? null : free[--freeCount];
    }

    void release(RequestSlot slot) {
        slot.assign(null);
        free[freeCount++] = slot;
    }

    int inFlight() {
        return free.length - freeCount;
    }

    /** Gives the memory of the frames back; no slot may be used any more. */
    void free() {
        memory.close();
    }
}
