package io.millrace.core.memory;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A zeroed block of off-heap memory. Blocks of 2 MiB and more start on a huge-page boundary and ask
 * the kernel for huge pages, because random reads over gigabytes otherwise spend their time in
 * page-table walks.
 *
 * <p>Threading: the segment may be used from any thread; {@link #close} must come after the last
 * use.
 *
 * <p>Ownership: whoever allocates it closes it; closing twice is harmless.
 */
public final class DirectMemory implements AutoCloseable {
    /** Size and alignment of a huge page, in bytes. */
    public static final long HUGE_PAGE_BYTES = 2L << 20;

    private static final long CACHE_LINE_BYTES = 64;
    private static final AtomicLong ALLOCATED_BYTES = new AtomicLong();
    private static final AtomicLong BYTES_EVER = new AtomicLong();

    private final Arena arena;
    private final MemorySegment segment;
    private final boolean isHuge;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private DirectMemory(Arena arena, MemorySegment segment, boolean isHuge) {
        this.arena = arena;
        this.segment = segment;
        this.isHuge = isHuge;
    }

    /**
     * Allocates zeroed memory.
     *
     * @param bytes how much, at least 0.
     * @return the block.
     * @throws MillraceException when the system has no such amount.
     */
    public static DirectMemory allocate(long bytes) {
        if (bytes < 0) {
            throw MillraceException.of(ErrorCode.INTERNAL, "negative allocation: bytes=%d", bytes);
        }
        Arena arena = Arena.ofShared();
        try {
            HugePages.Block block = bytes >= HUGE_PAGE_BYTES ? HugePages.map(arena, bytes) : null;
            MemorySegment segment =
                    block == null ? arena.allocate(bytes, alignment(bytes)) : block.segment();
            ALLOCATED_BYTES.addAndGet(bytes);
            BYTES_EVER.addAndGet(bytes);
            return new DirectMemory(arena, segment, block != null && block.isHuge());
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new MillraceException(
                    ErrorCode.LIMIT,
                    "out of off-heap memory: bytes="
                            + bytes
                            + "; use fewer items or a larger machine",
                    e);
        }
    }

    /**
     * Off-heap bytes that are allocated now by all blocks of the process.
     *
     * @return the sum in bytes.
     */
    public static long allocatedBytes() {
        return ALLOCATED_BYTES.get();
    }

    /**
     * Off-heap bytes that were ever allocated, whether they are still or not.
     *
     * @return the sum in bytes since the process was started.
     */
    public static long everAllocatedBytes() {
        return BYTES_EVER.get();
    }

    /**
     * The memory.
     *
     * @return a segment of just the bytes asked for.
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Whether the kernel took the request for huge pages.
     *
     * @return false for small blocks and where the system refuses.
     */
    public boolean isHuge() {
        return isHuge;
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            ALLOCATED_BYTES.addAndGet(-segment.byteSize());
            arena.close();
        }
    }

    private static long alignment(long bytes) {
        return bytes >= HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES : CACHE_LINE_BYTES;
    }
}
