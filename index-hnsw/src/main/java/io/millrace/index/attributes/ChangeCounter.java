package io.millrace.index.attributes;

import io.millrace.core.HotPath;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells a reader of many cells whether any of them changed meanwhile, without a lock: odd while a
 * change is under way, and two more after it (a sequence lock; Boehm: Can seqlocks get along with
 * programming language memory models?, MSPC 2012).
 *
 * <p>Threading: one writer, any number of readers. Allocation: none.
 */
final class ChangeCounter {
    private final AtomicLong version = new AtomicLong();

    /** Before the first store of a change. */
    void begin() {
        version.setOpaque(version.getPlain() + 1);
        VarHandle.storeStoreFence();
    }

    /** After the last store of a change. */
    void end() {
        version.setRelease(version.getPlain() + 1);
    }

    /** Before the first read: the version it is of. */
    @HotPath
    long version() {
        return version.getAcquire();
    }

    /** After the last read: whether all of it was of that version. */
    @HotPath
    boolean isStill(long read) {
        VarHandle.acquireFence();
        return (read & 1) == 0 && version.getOpaque() == read;
    }
}
