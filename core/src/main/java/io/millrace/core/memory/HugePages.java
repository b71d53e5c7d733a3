package io.millrace.core.memory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Zeroed memory on huge pages through {@code mmap(2)} and {@code madvise(2)}. The advice must come
 * before the first touch, which is why the JDK's own allocation, zeroed by writing, does not serve.
 */
@SuppressWarnings("restricted")
final class HugePages {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final long MAP_FAILED = -1;
    private static final @Nullable Calls CALLS = Calls.find();

    private HugePages() {}

    /** A mapped block and whether the kernel took the advice. */
    record Block(MemorySegment segment, boolean isHuge) {}

    /** Whether the system has the calls; it may refuse them all the same. */
    static boolean isPossible() {
        return CALLS != null;
    }

    /**
     * Maps memory that starts on a huge-page boundary.
     *
     * @return the block, unmapped when the arena closes, or null where the system has no such calls
     *     or refuses the mapping.
     */
    static @Nullable Block map(Arena arena, long bytes) {
        Calls calls = CALLS;
        if (calls == null) {
            return null;
        }
        long wholePages =
                Math.ceilDiv(bytes, DirectMemory.HUGE_PAGE_BYTES) * DirectMemory.HUGE_PAGE_BYTES;
        long mappedBytes = wholePages + DirectMemory.HUGE_PAGE_BYTES;
        MemorySegment mapped = calls.map(mappedBytes);
        if (mapped.address() == MAP_FAILED) {
            return null;
        }
        long start =
                Math.ceilDiv(mapped.address(), DirectMemory.HUGE_PAGE_BYTES)
                        * DirectMemory.HUGE_PAGE_BYTES;
        MemorySegment aligned = MemorySegment.ofAddress(start);
        boolean isHuge = calls.advise(aligned, wholePages);
        return new Block(
                aligned.reinterpret(bytes, arena, ignored -> calls.unmap(mapped, mappedBytes)),
                isHuge);
    }

    private record Calls(MethodHandle mmap, MethodHandle munmap, MethodHandle madvise) {
        static @Nullable Calls find() {
            if (!System.getProperty("os.name", "").startsWith("Linux")) {
                return null;
            }
            ValueLayout.OfInt i32 = ValueLayout.JAVA_INT;
            ValueLayout.OfLong i64 = ValueLayout.JAVA_LONG;
            Linker linker = Linker.nativeLinker();
            MethodHandle mmap =
                    handle(
                            linker,
                            "mmap",
                            FunctionDescriptor.of(
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS,
                                    i64,
                                    i32,
                                    i32,
                                    i32,
                                    i64));
            MethodHandle munmap =
                    handle(linker, "munmap", FunctionDescriptor.of(i32, ValueLayout.ADDRESS, i64));
            MethodHandle madvise =
                    handle(
                            linker,
                            "madvise",
                            FunctionDescriptor.of(i32, ValueLayout.ADDRESS, i64, i32));
            return mmap == null || munmap == null || madvise == null
                    ? null
                    : new Calls(mmap, munmap, madvise);
        }

        private static @Nullable MethodHandle handle(
                Linker linker, String name, FunctionDescriptor descriptor) {
            return linker.defaultLookup()
                    .find(name)
                    .map(address -> linker.downcallHandle(address, descriptor))
                    .orElse(null);
        }

        MemorySegment map(long bytes) {
            try {
                return (MemorySegment)
                        mmap.invokeExact(
                                MemorySegment.NULL,
                                bytes,
                                PROT_READ_WRITE,
                                MAP_PRIVATE_ANONYMOUS,
                                -1,
                                0L);
            } catch (Throwable e) {
                throw new AssertionError("mmap does not throw", e);
            }
        }

        boolean advise(MemorySegment start, long bytes) {
            try {
                return (int) madvise.invokeExact(start, bytes, MADV_HUGEPAGE) == 0;
            } catch (Throwable e) {
                throw new AssertionError("madvise does not throw", e);
            }
        }

        void unmap(MemorySegment start, long bytes) {
            try {
                int result = (int) munmap.invokeExact(start, bytes);
                assert result == 0 : "munmap=" + result;
            } catch (Throwable e) {
                throw new AssertionError("munmap does not throw", e);
            }
        }
    }
}
