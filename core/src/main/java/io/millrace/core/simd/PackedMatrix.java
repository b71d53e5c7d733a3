package io.millrace.core.simd;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

/**
 * Weights of a layer in the order in which the kernels read them: panels of 64 outputs, and inside
 * a panel one line of outputs per input, so that the innermost loop walks straight through memory.
 *
 * <pre>
 * outputs = 130, inputs = 3, W[o][i]:
 *   panel 0: W[0..63][0]    W[0..63][1]    W[0..63][2]       64 floats a line
 *   panel 1: W[64..127][0]  W[64..127][1]  W[64..127][2]     64 floats a line
 *   panel 2: W[128..129][0] 0 x 14  ...                      16 floats a line (rounded up)
 * </pre>
 *
 * <p>Threading: may be read from any thread; {@link #pack} must not run beside readers. Allocation:
 * packing again allocates nothing.
 */
public final class PackedMatrix {
    /** Outputs of a whole panel. */
    public static final int PANEL_WIDTH = 64;

    private static final int LINE_UNIT = 16;

    private final int outputs;
    private final int inputs;
    private final float[] panels;

    /**
     * Room for a matrix, all zero.
     *
     * @param outputs rows of W, at least 1.
     * @param inputs columns of W, at least 0.
     */
    public PackedMatrix(int outputs, int inputs) {
        if (!isPossible(outputs, inputs)) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "bad size of a packed matrix: outputs=%d, inputs=%d",
                    outputs,
                    inputs);
        }
        this.outputs = outputs;
        this.inputs = inputs;
        int padded = (outputs + LINE_UNIT - 1) / LINE_UNIT * LINE_UNIT;
        this.panels = new float[padded * inputs];
    }

    /**
     * Whether there can be such a matrix, for who is told its size by a file.
     *
     * @param outputs rows of W.
     * @param inputs columns of W.
     * @return false where it has no output, or more numbers than an array.
     */
    public static boolean isPossible(int outputs, int inputs) {
        long most = (outputs + PANEL_WIDTH - 1L) * inputs;
        return outputs >= 1 && inputs >= 0 && most <= Integer.MAX_VALUE - PANEL_WIDTH;
    }

    /**
     * Packs a layer's weights.
     *
     * @param weights W, row-major, one row per output.
     * @param outputs rows of W.
     * @param inputs columns of W.
     * @return the packed weights.
     */
    public static PackedMatrix of(float[] weights, int outputs, int inputs) {
        PackedMatrix packed = new PackedMatrix(outputs, inputs);
        packed.pack(MatrixView.of(weights, 0, inputs));
        return packed;
    }

    /**
     * Packs weights into the room there is.
     *
     * @param weights W with one row per output; a transposed view packs the transposed matrix.
     */
    public void pack(MatrixView weights) {
        weights.requireBlock(outputs, inputs);
        for (int output = 0; output < outputs; output += PANEL_WIDTH) {
            packPanel(weights, output);
        }
    }

    /**
     * Packs the weights of one panel's outputs, so that threads may share a matrix out.
     *
     * @param weights all of W, as in {@link #pack}.
     * @param panel first output of the panel, a multiple of {@link #PANEL_WIDTH}.
     */
    public void packPanel(MatrixView weights, int panel) {
        weights.requireBlock(outputs, inputs);
        assert panel % PANEL_WIDTH == 0 : panel;
        float[] source = weights.values();
        int width = lineWidth(panel);
        int count = Math.min(PANEL_WIDTH, outputs - panel);
        int start = panelOffset(panel);
        int rowStride = weights.rowStride();
        int columnStride = weights.columnStride();
        int first = weights.offset() + panel * rowStride;
        if (rowStride == 1) {
            for (int input = 0; input < inputs; input++) {
                System.arraycopy(
                        source, first + input * columnStride, panels, start + input * width, count);
            }
            return;
        }
        // Eight inputs at a time: a cache line of the source is used up before it is left.
        for (int input = 0; input < inputs; input += 8) {
            int end = Math.min(inputs, input + 8);
            for (int output = 0; output < count; output++) {
                int from = first + output * rowStride;
                for (int i = input; i < end; i++) {
                    panels[start + i * width + output] = source[from + i * columnStride];
                }
            }
        }
    }

    /**
     * Rows of W.
     *
     * @return how many values a product has.
     */
    public int outputs() {
        return outputs;
    }

    /**
     * Columns of W.
     *
     * @return how many values a product takes.
     */
    public int inputs() {
        return inputs;
    }

    float[] panels() {
        return panels;
    }

    /** Where the panel begins whose first output is {@code output}, a multiple of 64. */
    int panelOffset(int output) {
        return output * inputs;
    }

    /** Floats of a line of the panel whose first output is {@code output}. */
    int lineWidth(int output) {
        int left = outputs - output;
        return left >= PANEL_WIDTH ? PANEL_WIDTH : (left + LINE_UNIT - 1) / LINE_UNIT * LINE_UNIT;
    }
}
