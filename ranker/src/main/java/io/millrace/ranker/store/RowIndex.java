package io.millrace.ranker.store;

import io.millrace.core.HotPath;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Where the rows of a store are, and which of them are being written: what a reader needs to copy a
 * row without writing anything itself. The map's own read lock is a count in its file; the first
 * write to a page of a file after the system has saved it waits for the file system, which takes as
 * long as the disk likes.
 *
 * <pre>
 *   slot: | id | address of the row, 0: free |      open addressing, linear probing, no removal
 * </pre>
 *
 * <p>Versions are a sequence lock (Lameter, Effective synchronization on Linux/NUMA systems, 2005,
 * section 4.5) for each of some hundred groups of ids: odd while a row of the group is written.
 *
 * <p>Threading: any thread reads; writers take turns. Allocation: none, but by growing.
 *
 * <p>Ownership: closes its memory after the last reader has stopped.
 */
final class RowIndex implements AutoCloseable {
    private static final long NONE = 0;
    private static final int SLOT_BYTES = 16;
    private static final int ADDRESS_OFFSET = 8;
    private static final int GROUPS = 1 << 9;
    private static final int SPINS = 100;
    private static final long PAUSE_NS = 20_000;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle ADDRESS = LONG.varHandle();

    private final AtomicLongArray versions = new AtomicLongArray(GROUPS);

    /** The last one is read; a reader may still be in those before. */
    private final List<DirectMemory> tables = new ArrayList<>();

    private volatile MemorySegment table;
    private long count;

    /**
     * An empty index.
     *
     * @param rows how many it is to hold before it grows.
     */
    RowIndex(long rows) {
        long slots = Long.highestOneBit(Math.max(8, rows)) << 2;
        table = allocate(slots);
    }

    private MemorySegment allocate(long slots) {
        DirectMemory memory = DirectMemory.allocate(slots * SLOT_BYTES);
        tables.add(memory);
        return memory.segment();
    }

    /**
     * Copies a row as it was before or after a write, never in between.
     *
     * @return false when there is none; the target is then untouched.
     */
    @HotPath
    boolean copy(long id, MemorySegment target, long offset, int rowBytes) {
        long hash = SplitRandom.mix64(id);
        long address = find(table, hash, id);
        if (address == NONE) {
            return false;
        }
        int group = groupOf(hash);
        for (int tries = 1; ; tries++) {
            long version = versions.getAcquire(group);
            if ((version & 1) == 0) {
                NativeBytes.copyFrom(address, target, offset, rowBytes);
                VarHandle.acquireFence();
                if (versions.getPlain(group) == version) {
                    return true;
                }
            }
            if (tries % SPINS == 0) {
                // The writer may have lost its processor.
                LockSupport.parkNanos(PAUSE_NS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    @HotPath
    private static long find(MemorySegment table, long hash, long id) {
        long mask = table.byteSize() - 1;
        long at = hash * SLOT_BYTES & mask;
        while (true) {
            long address = (long) ADDRESS.getAcquire(table, at + ADDRESS_OFFSET);
            if (address == NONE || table.get(LONG, at) == id) {
                return address;
            }
            at = at + SLOT_BYTES & mask;
        }
    }

    /** Lets a new row be found that is whole. */
    void add(long id, long address) {
        MemorySegment now = table;
        if (2 * count >= now.byteSize() / SLOT_BYTES) {
            now = grown(now);
            table = now;
        }
        insert(now, id, address);
        count++;
    }

    private MemorySegment grown(MemorySegment from) {
        MemorySegment to = allocate(2 * from.byteSize() / SLOT_BYTES);
        for (long at = 0; at < from.byteSize(); at += SLOT_BYTES) {
            long address = from.get(LONG, at + ADDRESS_OFFSET);
            if (address != NONE) {
                insert(to, from.get(LONG, at), address);
            }
        }
        return to;
    }

    private static void insert(MemorySegment table, long id, long address) {
        long mask = table.byteSize() - 1;
        long at = SplitRandom.mix64(id) * SLOT_BYTES & mask;
        while (table.get(LONG, at + ADDRESS_OFFSET) != NONE) {
            at = at + SLOT_BYTES & mask;
        }
        table.set(LONG, at, id);
        ADDRESS.setRelease(table, at + ADDRESS_OFFSET, address);
    }

    /** From here to {@link #endWrite} readers of the row wait. */
    @HotPath
    void beginWrite(long id) {
        int group = groupOf(SplitRandom.mix64(id));
        versions.setOpaque(group, versions.getPlain(group) + 1);
        // No byte of the row may be seen changed before the version.
        VarHandle.storeStoreFence();
    }

    @HotPath
    void endWrite(long id) {
        int group = groupOf(SplitRandom.mix64(id));
        versions.setRelease(group, versions.getPlain(group) + 1);
    }

    /** By bits that do not choose the slot, unless there are billions. */
    private static int groupOf(long hash) {
        return (int) (hash >>> 55);
    }

    @Override
    public void close() {
        tables.forEach(DirectMemory::close);
    }
}
