package io.millrace.ranker.dcn.halves;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.CompactKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.model.FeatureInput;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What each item contributes to the layers that take the network's input, computed once for all
 * requests, behind the item's part of that input: a row of {@link HalvesLayout} for each item.
 *
 * <p>Threading: {@link #set} by any thread, each for items of its own, and before scorers read
 * them, or such that they find out and read again; then any. Ownership: close it when no scorer is
 * used any more.
 */
public final class DcnItemHalves implements AutoCloseable {
    /** How far a half may be from another computation of it, relative to the larger of it and 1. */
    private static final float TOLERANCE = 1e-5f;

    private final DcnServing serving;
    private final HalvesLayout layout;
    private final int ownWidth;
    private final MemorySegment rows;
    private final Runnable owner;

    /**
     * Halves of no item yet, for a network whose features are made elsewhere.
     *
     * @param network the weights; must not change any more.
     * @param sharedWidth floats at the beginning of an input that are the request's.
     * @param items count of items.
     * @param type how the numbers are kept.
     */
    public DcnItemHalves(DcnNetwork network, int sharedWidth, int items, WeightType type) {
        this(new DcnServing(network, sharedWidth), items, type);
    }

    /** Halves of no item yet, for a network made ready for requests. */
    public DcnItemHalves(DcnServing serving, int items, WeightType type) {
        this(
                serving,
                type,
                DirectMemory.allocate(items * HalvesLayout.of(serving, type).rowBytes()));
    }

    private DcnItemHalves(DcnServing serving, WeightType type, DirectMemory memory) {
        this(serving, type, memory.segment(), memory::close);
    }

    /** Halves that were computed before; the owner of their memory is run when they are closed. */
    public DcnItemHalves(DcnServing serving, WeightType type, MemorySegment rows, Runnable owner) {
        this.serving = serving;
        this.layout = HalvesLayout.of(serving, type);
        this.ownWidth = serving.network().width() - serving.sharedWidth();
        this.rows = rows;
        this.owner = owner;
    }

    /**
     * The same halves with room behind them.
     *
     * @param rowsAndRoom memory that begins with theirs.
     * @return what owns that memory instead of these.
     */
    public DcnItemHalves in(MemorySegment rowsAndRoom) {
        return new DcnItemHalves(serving, layout.type(), rowsAndRoom, owner);
    }

    /**
     * Whether there is anything to compute before.
     *
     * @param shape sizes of the ranker.
     * @return false for a ranker none of whose layers takes the input.
     */
    public static boolean areOfUse(DcnShape shape) {
        return shape.crossLayers() > 0 || shape.deepTakesInput();
    }

    /**
     * Computes the halves of items.
     *
     * @param first the first of them.
     * @param count how many; their computation takes as many rows of memory.
     * @param parts their parts of an input, one behind the other.
     */
    public void set(int first, int count, float[] parts) {
        float[] computed = compute(count, parts);
        int numbers = layout.numbers();
        CompactKernels kernels = layout.kernels();
        for (int i = 0; i < count; i++) {
            long offset = (first + i) * layout.rowBytes();
            if (kernels == null) {
                MemorySegment.copy(
                        computed, i * numbers, rows, ValueLayout.JAVA_FLOAT, offset, numbers);
            } else {
                float[] row = Arrays.copyOfRange(computed, i * numbers, (i + 1) * numbers);
                kernels.encode(row, rows, offset, numbers);
            }
        }
    }

    /**
     * Computes the halves of items from their feature rows.
     *
     * @param input how a row becomes the item's part of an input.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param first ordinal of the first item.
     * @param count how many; their computation takes as many rows of memory.
     */
    public void set(
            FeatureInput input, MemorySegment itemRows, long itemRowBytes, int first, int count) {
        set(first, count, parts(input, itemRows, itemRowBytes, first, count));
    }

    /** Whether an item's halves are those that its feature row gives, but for rounding. */
    public boolean isOf(FeatureInput input, MemorySegment itemRows, long itemRowBytes, int item) {
        float[] expected = compute(1, parts(input, itemRows, itemRowBytes, item, 1));
        float[] actual = numbers(item);
        float largest = 0;
        for (float number : expected) {
            largest = Math.max(largest, Math.abs(number));
        }
        for (int i = 0; i < expected.length; i++) {
            float most =
                    TOLERANCE * Math.max(1, Math.abs(expected[i]))
                            + layout.type().rounding(expected[i], largest);
            if (!(Math.abs(expected[i] - actual[i]) <= most)) {
                return false;
            }
        }
        return true;
    }

    /** The row of an item as it is read. */
    private float[] numbers(int item) {
        float[] numbers = new float[layout.numbers()];
        long offset = item * layout.rowBytes();
        CompactKernels kernels = layout.kernels();
        if (kernels == null) {
            MemorySegment.copy(rows, ValueLayout.JAVA_FLOAT, offset, numbers, 0, numbers.length);
        } else {
            kernels.decode(rows, offset, numbers, numbers.length);
        }
        return numbers;
    }

    private float[] parts(
            FeatureInput input, MemorySegment itemRows, long itemRowBytes, int first, int count) {
        float[] parts = new float[count * ownWidth];
        for (int i = 0; i < count; i++) {
            input.gatherInto(itemRows, (first + i) * itemRowBytes, parts, i * ownWidth);
        }
        return parts;
    }

    private float[] compute(int count, float[] parts) {
        float[] computed = new float[count * layout.numbers()];
        for (int i = 0; i < count; i++) {
            System.arraycopy(parts, i * ownWidth, computed, i * layout.numbers(), layout.part());
        }
        MatrixView own = MatrixView.of(parts, 0, ownWidth);
        MatrixView target = MatrixView.of(computed, 0, layout.numbers());
        multiply(serving.firstCross(), own, count, target.from(0, layout.crossAt()));
        multiply(serving.firstDeep(), own, count, target.from(0, layout.deepAt()));
        return computed;
    }

    private static void multiply(
            @Nullable SplitLayer layer, MatrixView own, int count, MatrixView target) {
        if (layer != null) {
            Kernels.matrix().multiplyPacked(own, count, layer.own(), null, Activation.NONE, target);
        }
    }

    /**
     * Memory of all items.
     *
     * @return bytes.
     */
    public long bytes() {
        return rows.byteSize();
    }

    /**
     * How the numbers are kept.
     *
     * @return the type.
     */
    public WeightType type() {
        return layout.type();
    }

    public DcnServing serving() {
        return serving;
    }

    public MemorySegment segment() {
        return rows;
    }

    public HalvesLayout layout() {
        return layout;
    }

    @Override
    public void close() {
        owner.run();
    }
}
