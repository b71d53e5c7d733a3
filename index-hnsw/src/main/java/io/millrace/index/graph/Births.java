package io.millrace.index.graph;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which slots of a {@link LiveGraph} were given to new nodes lately. A reader that remembers slots
 * from one epoch to the next looks here for those that have another node by now.
 *
 * <p>Threading: one writer, any number of readers. Allocation: none after construction.
 */
final class Births {
    /** A reader that was away for more of them knows nothing any more. */
    static final int REMEMBERED = 4096;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

    private final int[] slots = new int[REMEMBERED];
    private volatile long count;

    /** Notes a slot before anything of its new node is written. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the writer is one thread
    void add(int slot) {
        SLOT.setRelease(slots, place(count), slot);
        count++;
    }

    /** How many there were. */
    long count() {
        return count;
    }

    /** The slot of one of them; right if all are still {@link #remembers remembered} afterwards. */
    int slotAt(long index) {
        return (int) SLOT.getAcquire(slots, place(index));
    }

    /** Whether all from one on can be told yet. */
    boolean remembers(long from) {
        // The next one may be half written.
        return count - from < REMEMBERED;
    }

    private static int place(long index) {
        return (int) (index % REMEMBERED);
    }
}
