package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.simd.CompactKernels;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The rows of a {@link RowSpace} that are kept with fewer than 32 bits a number ({@link
 * RowLayout}).
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
final class CompactRows {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final CompactKernels kernels;
    private final MemorySegment segment;
    private final long strideBytes;
    private final boolean isDot;
    private final int numbers;
    private final @Nullable Lift lift;
    private final long lackOffset;
    private final long restOffset;

    CompactRows(
            CompactKernels kernels,
            MemorySegment segment,
            long strideBytes,
            RowLayout layout,
            boolean isDot) {
        this.kernels = kernels;
        this.segment = segment;
        this.strideBytes = strideBytes;
        this.isDot = isDot;
        numbers = layout.numbers();
        lift = layout.liftApart();
        lackOffset = layout.liftOffset();
        restOffset = lackOffset + Float.BYTES;
        assert lift == null || isDot : layout;
    }

    @HotPath
    void copyInto(int row, float[] target) {
        long offset = row * strideBytes;
        kernels.decode(segment, offset, target, numbers);
        if (lift != null) {
            Arrays.fill(target, numbers, target.length, 0);
            lift.add(lack(offset), target);
        }
    }

    void write(int row, float[] source) {
        long offset = row * strideBytes;
        if (lift == null) {
            kernels.encode(source, segment, offset, numbers);
            return;
        }
        lift.add(-lift.partOf(source), source);
        kernels.encode(source, segment, offset, numbers);
        kernels.decode(segment, offset, source, numbers);
        float rest = lift.partOf(source);
        segment.set(FLOAT, offset + lackOffset, lift.partBeside(source) - rest);
        segment.set(FLOAT, offset + restOffset, rest);
    }

    @HotPath
    float distance(float[] query, int row) {
        long offset = row * strideBytes;
        if (!isDot) {
            return kernels.squaredDistance(query, segment, offset, numbers);
        }
        float product = kernels.dot(query, segment, offset, numbers);
        if (lift != null) {
            product += lift.partOf(query) * lack(offset);
        }
        return 0f - product;
    }

    @HotPath
    float distance(int a, int b) {
        long x = a * strideBytes;
        long y = b * strideBytes;
        if (!isDot) {
            return kernels.squaredDistance(segment, x, y, numbers);
        }
        float product = kernels.dot(segment, x, y, numbers);
        if (lift != null) {
            product += lack(x) * (lack(y) + rest(y)) + rest(x) * lack(y);
        }
        return 0f - product;
    }

    @HotPath
    void distancesFrom(int first, float[] query, int[] rows, int count, float[] out) {
        long base = first * strideBytes;
        if (!isDot) {
            kernels.squaredDistanceBatch(
                    query, numbers, segment, base, strideBytes, rows, 0, count, out);
            return;
        }
        kernels.dotBatch(query, numbers, segment, base, strideBytes, rows, 0, count, out);
        if (lift != null) {
            float own = lift.partOf(query);
            for (int i = 0; i < count; i++) {
                out[i] += own * lack(base + rows[i] * strideBytes);
            }
        }
        for (int i = 0; i < count; i++) {
            out[i] = 0f - out[i];
        }
    }

    private float lack(long offset) {
        return segment.get(FLOAT, offset + lackOffset);
    }

    private float rest(long offset) {
        return segment.get(FLOAT, offset + restOffset);
    }
}
