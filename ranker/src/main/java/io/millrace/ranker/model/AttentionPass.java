package io.millrace.ranker.model;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;

import java.lang.foreign.MemorySegment;

/**
 * Attends to a user's sequence for many candidates: two matrix products with a softmax between
 * them. A candidate's output does not depend on those beside it, so training and serving get the
 * same bits.
 *
 * <p>Use: {@link #begin} with the user; then write inputs with candidates and call {@link #run}.
 *
 * <p>Threading: one thread. Allocation: none after construction, as long as runs begin at row 0.
 */
public final class AttentionPass {
    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final SequenceAttention attention;
    private final EmbeddingTable table;
    private final int dimension;
    private final int maxLength;
    private final float[] weights;
    private final MatrixView candidateView;
    private final MatrixView weightView;
    private final MatrixView outputView;

    /** Embeddings of the items, one row each. */
    private final float[] items;

    /** The same with a column for each item: the second factor of a product has to lie so. */
    private final float[] columns;

    private final MatrixView itemView;
    private final MatrixView columnView;
    private int length;
    private float scale;

    /**
     * A pass over rows of a model's input.
     *
     * @param attention what is done.
     * @param inputs the rows; the outputs are written into them.
     * @param width floats of a row.
     * @param weights what each row gives the items: as many rows of {@link
     *     SequenceAttention#maxLength} floats.
     */
    public AttentionPass(SequenceAttention attention, float[] inputs, int width, float[] weights) {
        this.attention = attention;
        this.table = attention.table();
        this.dimension = table.dimension();
        this.maxLength = attention.maxLength();
        this.weights = weights;
        this.items = new float[maxLength * dimension];
        this.columns = new float[dimension * maxLength];
        this.candidateView = MatrixView.of(inputs, attention.candidateAt(), width);
        this.outputView = MatrixView.of(inputs, attention.outputAt(), width);
        this.weightView = MatrixView.of(weights, 0, maxLength);
        this.itemView = MatrixView.of(items, 0, dimension);
        this.columnView = MatrixView.of(columns, 0, maxLength);
    }

    /**
     * Takes a user's sequence for the next runs.
     *
     * @param rows memory of the user rows.
     * @param offset where the user's row begins, in bytes.
     */
    @HotPath
    public void begin(MemorySegment rows, long offset) {
        length = attention.length(rows, offset);
        scale = (float) StrictMath.exp(attention.logScale()[0]);
        for (int i = 0; i < length; i++) {
            int at = i * dimension;
            table.copyInto(attention.item(rows, offset, i), items, at);
            for (int k = 0; k < dimension; k++) {
                columns[k * maxLength + i] = items[at + k];
            }
        }
    }

    /**
     * Writes the outputs of some rows, whose candidates are there.
     *
     * @param from the first row.
     * @param rows how many.
     */
    @HotPath
    public void run(int from, int rows) {
        MatrixView outputs = at(outputView, from);
        MatrixView shares = at(weightView, from);
        // With no item this makes a product of nothing, which is zero.
        MATRICES.multiply(
                at(candidateView, from), columnView, shares, rows, length, dimension, false);
        for (int row = from; row < from + rows && length > 0; row++) {
            int at = row * maxLength;
            ELEMENTS.scale(scale, weights, at, length);
            float largest = ELEMENTS.max(weights, at, length);
            float sum = ELEMENTS.exponentials(weights, at, length, largest);
            ELEMENTS.scale(1 / sum, weights, at, length);
        }
        MATRICES.multiply(shares, itemView, outputs, rows, dimension, length, false);
    }

    private static MatrixView at(MatrixView view, int row) {
        return row == 0 ? view : view.from(row, 0);
    }

    /**
     * Count of items of the user's sequence.
     *
     * @return as of the last {@link #begin}.
     */
    public int length() {
        return length;
    }

    /**
     * What dot products are multiplied by.
     *
     * @return as of the last {@link #begin}.
     */
    public float scale() {
        return scale;
    }

    /**
     * Embeddings of the items of the user's sequence, one behind the other.
     *
     * @return live, of the last {@link #begin}.
     */
    public float[] items() {
        return items;
    }
}
