package io.millrace.ranker.exchange;

import io.millrace.ranker.model.TensorType;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * Constant numbers of an ONNX graph.
 *
 * @param name as nodes refer to it.
 * @param dataType number of the type of its elements in the file.
 * @param dimensions sizes, outermost first.
 * @param values its elements, row-major; none when they are of a type that is no float.
 */
@SuppressWarnings("ArrayRecordComponent") // Shared, never changed, never compared.
record OnnxTensor(String name, int dataType, int[] dimensions, float[] values) {
    private static final Map<Integer, TensorType> TYPES =
            Map.of(1, TensorType.F32, 10, TensorType.F16, 11, TensorType.F64, 16, TensorType.BF16);

    /** Whether its elements could be read. */
    boolean isFloat() {
        return TYPES.containsKey(dataType);
    }

    /** How elements of that type are read, or null when they are no floats. */
    static @Nullable TensorType type(int dataType) {
        return TYPES.get(dataType);
    }
}
