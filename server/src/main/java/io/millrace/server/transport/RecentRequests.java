package io.millrace.server.transport;

import io.millrace.core.HotPath;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.List;

/**
 * The last frames that asked for something, kept so that the next bundle can be tried with them.
 *
 * <p>Threading: one event loop. Allocation: none to keep one.
 */
@HotPath
final class RecentRequests {
    /** Of each event loop; enough to touch what is asked for most. */
    static final int CAPACITY = 256;

    /** Longer ones bring rows of their own, and are few. */
    private static final int MAX_BYTES = 1 << 10;

    private final UnsafeBuffer frames = new UnsafeBuffer(new byte[CAPACITY * MAX_BYTES]);
    private final int[] lengths = new int[CAPACITY];
    private long count;

    /** Keeps a frame and forgets the oldest. */
    void keep(DirectBuffer source, int offset, int length) {
        if (length <= MAX_BYTES) {
            int place = (int) (count++ % CAPACITY);
            frames.putBytes(place * MAX_BYTES, source, offset, length);
            lengths[place] = length;
        }
    }

    /** Copies of those that are kept, the oldest first. */
    List<byte[]> copies() {
        List<byte[]> copies = new ArrayList<>();
        for (long number = Math.max(0, count - CAPACITY); number < count; number++) {
            int place = (int) (number % CAPACITY);
            byte[] copy = new byte[lengths[place]];
            frames.getBytes(place * MAX_BYTES, copy);
            copies.add(copy);
        }
        return copies;
    }
}
