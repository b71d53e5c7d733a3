package io.millrace.index.vectors;

import java.nio.ByteBuffer;

/** How numbers are written in vector files. */
enum NumberType {
    FLOAT32(4),
    FLOAT64(8),
    UNSIGNED_BYTE(1),
    SIGNED_BYTE(1);

    private final int bytes;

    NumberType(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
    }

    /** Turns all numbers of a row to float32. */
    void convert(ByteBuffer source, float[] target, int count) {
        switch (this) {
            case FLOAT32 -> source.asFloatBuffer().get(target, 0, count);
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = (float) source.getDouble(i * bytes);
                }
            }
            case UNSIGNED_BYTE -> {
                for (int i = 0; i < count; i++) {
                    target[i] = source.get(i) & 0xFF;
                }
            }
            case SIGNED_BYTE -> {
                for (int i = 0; i < count; i++) {
                    target[i] = source.get(i);
                }
            }
        }
    }
}
