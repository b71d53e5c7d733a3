package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.server.request.RequestLimits;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * The slots of one event loop. The last one freed is the next one taken: it is still in the cache.
 *
 * <p>Threading: the event loop. Allocation: only in the constructor.
 */
@HotPath
final class SlotPool {
    private final RequestSlot[] free;
    private int freeCount;

    SlotPool(IoLane lane, int capacity, RequestLimits limits) {
        int frameCapacity = RequestSlot.frameCapacity(limits);
        ByteBuffer frames = ByteBuffer.allocateDirect(Math.multiplyExact(capacity, frameCapacity));
        free = new RequestSlot[capacity];
        for (int i = 0; i < capacity; i++) {
            free[i] = new RequestSlot(lane, limits, frames.slice(i * frameCapacity, frameCapacity));
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
}
