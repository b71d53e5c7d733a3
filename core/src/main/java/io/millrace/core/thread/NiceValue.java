package io.millrace.core.thread;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The nice value of a thread, by {@code setpriority(2)}. Linux keeps one for each thread, where
 * POSIX has one for the process; {@link Thread#setPriority} sets none without options of the
 * machine that take a privileged user.
 */
@SuppressWarnings("restricted")
final class NiceValue {
    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;
    private static final int HIGHEST = 19;
    private static final Optional<MethodHandle> SETPRIORITY = find();

    private NiceValue() {}

    /** Does nothing where the system has no such thing. */
    static void raiseOfThisThread() {
        SETPRIORITY.ifPresent(NiceValue::raise);
    }

    private static void raise(MethodHandle setpriority) {
        try {
            // A system that refuses leaves the thread as it is, which is no reason to fail.
            int ignored = (int) setpriority.invokeExact(PRIO_PROCESS, CALLING_THREAD, HIGHEST);
        } catch (Throwable e) {
            throw new AssertionError("setpriority does not throw", e);
        }
    }

    private static Optional<MethodHandle> find() {
        if (!System.getProperty("os.name", "").startsWith("Linux")) {
            return Optional.empty();
        }
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor descriptor =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT);
        return linker.defaultLookup()
                .find("setpriority")
                .map(address -> linker.downcallHandle(address, descriptor));
    }
}
