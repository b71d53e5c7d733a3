package io.millrace.core.thread;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Keeps a thread on one processor, by {@code sched_setaffinity(2)} of Linux. Threads that it starts
 * stay there, too.
 *
 * <p>Threading: any thread.
 */
public final class ProcessorBinding {
    /** How many processors can be named. */
    public static final int MOST = 1_024;

    private static final int CALLING_THREAD = 0;
    private static final Optional<MethodHandle> SET_AFFINITY =
            LinuxCall.find(
                    "sched_setaffinity",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS);

    private ProcessorBinding() {}

    /**
     * Keeps the calling thread on a processor from here on.
     *
     * @param processor its number, 0 to {@link #MOST} - 1.
     * @return false where there is none of this number, this process may not use it, or the system
     *     has no such thing: the thread goes on as it was.
     */
    public static boolean bindThisThread(int processor) {
        return SET_AFFINITY.isPresent() && isBound(SET_AFFINITY.get(), processor);
    }

    private static boolean isBound(MethodHandle setAffinity, int processor) {
        try (Arena arena = Arena.ofConfined()) {
            // A cpu_set_t: a bit for each processor, in words of the machine.
            MemorySegment mask = arena.allocate(MOST / Byte.SIZE, Long.BYTES);
            mask.setAtIndex(
                    ValueLayout.JAVA_LONG, processor / Long.SIZE, 1L << (processor % Long.SIZE));
            int refused = (int) setAffinity.invokeExact(CALLING_THREAD, mask.byteSize(), mask);
            return refused == 0;
        } catch (IndexOutOfBoundsException e) {
            return false;
        } catch (Throwable e) {
            throw new AssertionError("sched_setaffinity does not throw", e);
        }
    }
}
