package io.millrace.core.thread;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Optional;

/**
 * Has a thread that wakes up go on at once, by asking for a short slice: the scheduler of Linux
 * (6.12 and newer) lets who wakes up and has the shorter slice take the processor from who has the
 * longer one, where it otherwise waits until that slice, of 1.4 ms or more, is used up. The share
 * that a thread has of a busy processor stays what it was, so no other thread starves, and no
 * privilege is needed. It is for threads that answer requests, beside compilers, collectors and
 * whoever else shares the machine.
 *
 * <p>Threads that it starts have the usual slice.
 *
 * <p>Threading: any thread.
 *
 * <p>Source: I. Stoica and H. Abdel-Wahab, "Earliest Eligible Virtual Deadline First", 1995,
 * section 2, whose requests are these slices; sched_setattr(2), {@code sched_runtime}.
 */
public final class ShortSlice {
    /** The shortest that Linux gives. */
    private static final long SLICE_NS = 100_000;

    private static final int CALLING_THREAD = 0;
    private static final int NO_FLAGS = 0;

    /** Layout of a {@code sched_attr} in its first version. */
    private static final int ATTR_BYTES = 48;

    private static final int POLICY_OFFSET = 4;
    private static final int FLAGS_OFFSET = 8;
    private static final int RUNTIME_OFFSET = 24;
    private static final int POLICY_USUAL = 0;
    private static final long RESET_ON_FORK = 1;

    /** Numbers of the calls to set and to get: few C libraries have them by name. */
    private record Numbers(long set, long get) {}

    private static final Map<String, Numbers> BY_ARCHITECTURE =
            Map.of("amd64", new Numbers(314, 315), "aarch64", new Numbers(274, 275));

    private static final Optional<Numbers> NUMBERS =
            Optional.ofNullable(BY_ARCHITECTURE.get(System.getProperty("os.arch", "")));

    private static final Optional<MethodHandle> SYSCALL =
            LinuxCall.find(
                    "syscall",
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT);

    private ShortSlice() {}

    /**
     * Asks for it, for good. A thread that is not of the usual policy, as in a process started by
     * {@code chrt -f}, is left as it is, and nice values stay.
     *
     * @return false where the system has no such thing: the thread goes on as it was
     */
    public static boolean takeForThisThread() {
        if (SYSCALL.isEmpty() || NUMBERS.isEmpty()) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ATTR_BYTES, Long.BYTES);
            if (!isRead(attr) || attr.get(ValueLayout.JAVA_INT, POLICY_OFFSET) != POLICY_USUAL) {
                return false;
            }
            attr.set(ValueLayout.JAVA_INT, 0, ATTR_BYTES);
            attr.set(ValueLayout.JAVA_LONG, FLAGS_OFFSET, RESET_ON_FORK);
            attr.set(ValueLayout.JAVA_LONG, RUNTIME_OFFSET, SLICE_NS);
            // An older system takes the call and leaves the slice as it was.
            return isDone(NUMBERS.get().set(), attr, NO_FLAGS) && sliceNs() == SLICE_NS;
        }
    }

    /**
     * The slice of the calling thread.
     *
     * @return in nanoseconds, or 0 where the system does not tell
     */
    public static long sliceNs() {
        if (SYSCALL.isEmpty() || NUMBERS.isEmpty()) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ATTR_BYTES, Long.BYTES);
            return isRead(attr) ? attr.get(ValueLayout.JAVA_LONG, RUNTIME_OFFSET) : 0;
        }
    }

    private static boolean isRead(MemorySegment attr) {
        return isDone(NUMBERS.orElseThrow().get(), attr, ATTR_BYTES);
    }

    /** Calls with (thread, attributes, third, 0): to set takes three, to get four arguments. */
    private static boolean isDone(long number, MemorySegment attr, int third) {
        try {
            int refused =
                    (int)
                            SYSCALL.orElseThrow()
                                    .invokeExact(number, CALLING_THREAD, attr, third, NO_FLAGS);
            return refused == 0;
        } catch (Throwable e) {
            throw new AssertionError("syscall does not throw", e);
        }
    }
}
