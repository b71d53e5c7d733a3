package io.millrace.ranker.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The element types of tensors that can be read, little-endian. */
public enum TensorType {
    /** IEEE 754, 64 bits. */
    F64(Double.BYTES),
    /** IEEE 754, 32 bits. */
    F32(Float.BYTES),
    /** IEEE 754, 16 bits. */
    F16(Short.BYTES),
    /** The upper half of a float. */
    BF16(Short.BYTES);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    static Optional<TensorType> of(String name) {
        return Arrays.stream(values()).filter(each -> each.name().equals(name)).findFirst();
    }

    /**
     * Length of an element.
     *
     * @return in bytes.
     */
    public int bytes() {
        return bytes;
    }

    /**
     * Reads an element, exact.
     *
     * @param data little-endian bytes.
     * @param at where the element begins.
     * @return its value.
     */
    public double get(ByteBuffer data, int at) {
        return switch (this) {
            case F64 -> data.getDouble(at);
            case F32 -> data.getFloat(at);
            case F16 -> Float.float16ToFloat(data.getShort(at));
            case BF16 -> Float.intBitsToFloat(data.getShort(at) << Short.SIZE);
        };
    }
}
