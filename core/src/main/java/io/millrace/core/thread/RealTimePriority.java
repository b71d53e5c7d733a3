package io.millrace.core.thread;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Lets a thread run before all threads of the usual kind as soon as it has something to do, by the
 * policy {@code SCHED_FIFO} of sched(7) at its lowest priority. It is for a thread that sleeps most
 * of the time and measures by the clock: among threads of the usual kind it waits, where they keep
 * all processors busy, until one of them has used up its slice, which is 3 ms on Linux.
 *
 * <p>The system has to permit it, as it does to root and to who has {@code CAP_SYS_NICE} or a limit
 * of {@code RLIMIT_RTPRIO}; by itself it leaves a twentieth of the time to the other threads.
 *
 * <p>Threading: any thread.
 */
public final class RealTimePriority {
    private static final int CALLING_THREAD = 0;
    private static final int SCHED_FIFO = 1;

    /** Threads that it starts are of the usual kind. */
    private static final int SCHED_RESET_ON_FORK = 0x4000_0000;

    private static final int LOWEST = 1;
    private static final Optional<MethodHandle> SET_SCHEDULER =
            LinuxCall.find(
                    "sched_setscheduler",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS);

    private RealTimePriority() {}

    /**
     * Asks for it, for good.
     *
     * @return false where the system does not permit it or has no such thing: the thread goes on as
     *     it was
     */
    public static boolean takeForThisThread() {
        return SET_SCHEDULER.isPresent() && isTaken(SET_SCHEDULER.get());
    }

    private static boolean isTaken(MethodHandle setScheduler) {
        try (Arena arena = Arena.ofConfined()) {
            // A sched_param has nothing but the priority.
            MemorySegment param = arena.allocateFrom(ValueLayout.JAVA_INT, LOWEST);
            int refused =
                    (int)
                            setScheduler.invokeExact(
                                    CALLING_THREAD, SCHED_FIFO | SCHED_RESET_ON_FORK, param);
            return refused == 0;
        } catch (Throwable e) {
            throw new AssertionError("sched_setscheduler does not throw", e);
        }
    }
}
