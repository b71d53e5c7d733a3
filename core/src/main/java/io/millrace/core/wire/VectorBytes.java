package io.millrace.core.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.nio.ByteOrder;

/** Vectors as they are on the wire: float32, little-endian, one after the other. */
public final class VectorBytes {
    private VectorBytes() {}

    /**
     * Bytes of a vector.
     *
     * @param dimension floats
     * @return bytes
     */
    public static int of(int dimension) {
        return Math.multiplyExact(dimension, Float.BYTES);
    }

    /**
     * Writes a vector.
     *
     * @param vector the floats
     * @param buffer where to
     * @param offset of the first byte
     * @return bytes written
     */
    public static int put(float[] vector, MutableDirectBuffer buffer, int offset) {
        for (int i = 0; i < vector.length; i++) {
            buffer.putFloat(offset + i * Float.BYTES, vector[i], ByteOrder.LITTLE_ENDIAN);
        }
        return of(vector.length);
    }

    /**
     * Reads a vector and tells whether every float of it is a finite number.
     *
     * @param buffer where from
     * @param offset of the first byte
     * @param vector takes as many floats as it is long
     * @return false if a float is NaN or infinite
     */
    public static boolean get(DirectBuffer buffer, int offset, float[] vector) {
        boolean finite = true;
        for (int i = 0; i < vector.length; i++) {
            float value = buffer.getFloat(offset + i * Float.BYTES, ByteOrder.LITTLE_ENDIAN);
            vector[i] = value;
            finite &= Float.isFinite(value);
        }
        return finite;
    }
}
