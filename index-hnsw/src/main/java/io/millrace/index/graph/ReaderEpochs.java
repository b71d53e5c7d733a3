package io.millrace.index.graph;

import io.millrace.core.HotPath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells the one writer which readers may still hold what it has taken away (epoch-based
 * reclamation: Fraser: Practical lock-freedom, 2004, section 5.2.3). The writer takes something out
 * of reach, then {@link #advance}s; what was taken away before epoch e is free when no reader is
 * inside that entered before e.
 *
 * <p>A reader notes the epoch before it looks at anything, with a fence between. A writer that
 * misses the note has therefore looked before the reader does, and the reader does not find what
 * was out of reach then. A reader that notes an epoch that is over only holds up more than it need.
 *
 * <p>Threading: one writer; a {@link Reader} belongs to one thread, any number of them enter and
 * leave without waiting for anybody. Allocation: none but for new readers.
 */
public final class ReaderEpochs {
    private static final long OUTSIDE = Long.MAX_VALUE;
    private static final VarHandle NOTED;

    static {
        try {
            NOTED = MethodHandles.lookup().findVarHandle(Reader.class, "noted", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Where one reader notes when it came in. */
    public final class Reader {
        /** Readers are written to by different threads all the time: two lines for each. */
        @SuppressWarnings("UnusedVariable")
        private final long[] padding = new long[16];

        private volatile long noted = OUTSIDE;

        private Reader() {}

        /** Comes in; what is reachable from now on stays as it is until {@link #leave}. */
        @HotPath
        public void enter() {
            noted = epoch;
        }

        /** Goes out, after the last look at anything. */
        @HotPath
        public void leave() {
            NOTED.setRelease(this, OUTSIDE);
        }
    }

    private volatile long epoch;
    private volatile List<WeakReference<Reader>> readers = List.of();

    /**
     * A new reader, forgotten when nobody holds it any more.
     *
     * @return the reader, outside.
     */
    public synchronized Reader newReader() {
        Reader reader = new Reader();
        List<WeakReference<Reader>> all = new ArrayList<>();
        for (WeakReference<Reader> other : readers) {
            if (other.get() != null) {
                all.add(other);
            }
        }
        all.add(new WeakReference<>(reader));
        readers = List.copyOf(all);
        return reader;
    }

    /** Begins an epoch; readers that enter from now on don't find what is out of reach by now. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the writer is one thread
    long advance() {
        return ++epoch;
    }

    /** The oldest epoch a reader inside may have entered in. */
    long oldest() {
        VarHandle.fullFence();
        List<WeakReference<Reader>> all = readers;
        long oldest = epoch;
        for (int i = 0; i < all.size(); i++) {
            Reader reader = all.get(i).get();
            if (reader != null) {
                oldest = Math.min(oldest, reader.noted);
            }
        }
        return oldest;
    }
}
