package io.millrace.core.thread;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The nice value of a thread, by {@code nice(2)}. Linux keeps one for each thread, where POSIX has
 * one for the process; {@link Thread#setPriority} sets none without options of the machine that
 * take a privileged user.
 */
final class NiceValue {
    /**
     * A third of the usual share where all processors are wanted: with the highest value, a
     * seventieth, work beside a server at its limit would take for ever.
     */
    static final int STEP = 5;

    private static final Optional<MethodHandle> NICE = LinuxCall.find("nice", ValueLayout.JAVA_INT);

    private NiceValue() {}

    /** Does nothing where the system has no such thing. */
    static void raiseOfThisThread() {
        NICE.ifPresent(NiceValue::raise);
    }

    private static void raise(MethodHandle nice) {
        try {
            // A system that refuses leaves the thread as it is, which is no reason to fail.
            int ignored = (int) nice.invokeExact(STEP);
        } catch (Throwable e) {
            throw new AssertionError("nice does not throw", e);
        }
    }
}
