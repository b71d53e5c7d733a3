package io.millrace.core.thread;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Functions of the C library of Linux, by name. Elsewhere they are not looked for, even where there
 * is one of the same name: what Linux does for one thread it does for the whole process.
 *
 * <p>Threading: any thread.
 */
@SuppressWarnings("restricted")
final class LinuxCall {
    private LinuxCall() {}

    /**
     * Looks for a function that returns an {@code int}.
     *
     * @param name its name.
     * @param arguments what it takes.
     * @return to be called with exactly these types, or nothing where the system is no Linux or has
     *     no such function.
     */
    static Optional<MethodHandle> find(String name, MemoryLayout... arguments) {
        if (!System.getProperty("os.name", "").startsWith("Linux")) {
            return Optional.empty();
        }
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, descriptor));
    }
}
