package io.millrace.server.funnel.rows;

import io.millrace.core.HotPath;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells who reads rows of items, or what was computed of them, whether some of these changed
 * meanwhile: a sequence lock that remembers what the last changes were about, so that only those
 * read again who read a changed item.
 *
 * <pre>
 *   moment = changes.moment()
 *   … read rows of some items …
 *   changes.haveTouched(items, count, moment)    if so: what was read is worth nothing
 * </pre>
 *
 * <p>Threading: writers take turns, readers never wait for them, unless they {@link #hold} them.
 * Allocation: none, but where threads wait for each other.
 */
@HotPath
public final class ItemChanges {
    /** How many changes may go by while a reader reads before it must assume the worst. */
    static final int REMEMBERED = 64;

    /** Ordinals of the items changed last, by the number of the change. */
    private final AtomicIntegerArray changed = new AtomicIntegerArray(REMEMBERED);

    /** Twice the changes made so far; odd while one is being made. */
    private final AtomicLong state = new AtomicLong();

    /** Fair, so that a reader who has tried often enough comes next. */
    private final Lock writing = new ReentrantLock(true);

    /** A change of an item begins. */
    public void begin(int ordinal) {
        writing.lock();
        long now = state.getPlain();
        changed.setPlain(placeOf(now >>> 1), ordinal);
        state.setRelease(now + 1);
        // No part of the change may be seen before this.
        VarHandle.storeStoreFence();
    }

    /** The change has been made. */
    public void end() {
        state.setRelease(state.getPlain() + 1);
        writing.unlock();
    }

    /** What is read from now on is held against this. */
    public long moment() {
        return state.getAcquire();
    }

    /** Whether any of some items changed, or may have, since a moment. */
    public boolean haveTouched(int[] ordinals, int count, long moment) {
        // What was read was read before this.
        VarHandle.loadLoadFence();
        long now = state.getAcquire();
        boolean isQuiet = now == moment && (moment & 1) == 0;
        return !isQuiet && areAmong(ordinals, count, moment >>> 1, (now + 1) >>> 1);
    }

    private boolean areAmong(int[] ordinals, int count, long firstChange, long endChange) {
        if (endChange - firstChange >= REMEMBERED) {
            return true;
        }
        for (long change = firstChange; change < endChange; change++) {
            int ordinal = changed.getPlain(placeOf(change));
            for (int i = 0; i < count; i++) {
                if (ordinals[i] == ordinal) {
                    return true;
                }
            }
        }
        // By now the oldest of these places may be another change's.
        VarHandle.loadLoadFence();
        return (state.getAcquire() >>> 1) - firstChange >= REMEMBERED;
    }

    private static int placeOf(long change) {
        return (int) (change & (REMEMBERED - 1));
    }

    /** Keeps changes from being made until {@link #letGo}. */
    public void hold() {
        writing.lock();
    }

    /** Changes go on. */
    public void letGo() {
        writing.unlock();
    }
}
