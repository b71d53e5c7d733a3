package io.millrace.ranker.model;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * Reads weights out of a model's file.
 *
 * <p>Threading: any thread.
 */
public final class Weights {
    /** Of a positive number that is finite the bits, taken for a whole number, are fewer. */
    private static final int INFINITY_BITS = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

    private Weights() {}

    /**
     * Refuses a model of other features; its section {@code schema} says of which it is.
     *
     * @param file file of the model.
     * @param schema the declared features.
     * @param what the file holds, as in {@code "towers"}.
     * @param remedy what to do about it, as in {@code "train them again"}.
     * @throws MillraceException MISMATCH when it belongs to another schema.
     */
    public static void requireSchema(
            SectionFile file, FeatureSchema schema, String what, String remedy) {
        long fingerprint = file.readLong("schema");
        if (fingerprint != schema.fingerprint()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "%s of another schema: file=%s, schema=%016x, expected=%016x; %s",
                    what,
                    file.path(),
                    fingerprint,
                    schema.fingerprint(),
                    remedy);
        }
    }

    /**
     * Copies a tensor.
     *
     * @param file file of the model.
     * @param name name of the tensor, that of its section.
     * @param target where to; must be as long as the tensor.
     * @throws MillraceException CORRUPT_FILE when it is missing, of another length, or holds a
     *     number that is not finite.
     */
    public static void copy(SectionFile file, String name, MemorySegment target) {
        MemorySegment source = section(file, name, target.byteSize());
        for (long at = 0; at < source.byteSize(); at += Float.BYTES) {
            requireFinite(file, name, at / Float.BYTES, source.get(RowLayout.FLOAT, at));
        }
        MemorySegment.copy(source, 0, target, 0, source.byteSize());
    }

    /** A tensor as it lies in the file, found to be so long. */
    static MemorySegment section(SectionFile file, String name, long bytes) {
        MemorySegment section = file.section(name);
        if (section.byteSize() != bytes) {
            throw MillraceException.corrupt(
                    file.path(),
                    "weights of another shape: tensor=%s, length=%d bytes, expected=%d",
                    name,
                    section.byteSize(),
                    bytes);
        }
        return section;
    }

    /**
     * Refuses some numbers of a tensor one of which is not finite.
     *
     * @param first index of the first in the tensor.
     */
    static void requireFinite(SectionFile file, String name, long first, float[] values) {
        if (areFinite(values)) {
            return;
        }
        for (int i = 0; i < values.length; i++) {
            requireFinite(file, name, first + i, values[i]);
        }
    }

    /** Without a branch for each, so that it is done in vectors: tables have hundreds of MB. */
    private static boolean areFinite(float[] values) {
        int largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Float.floatToRawIntBits(value) & Integer.MAX_VALUE);
        }
        return largest < INFINITY_BITS;
    }

    private static void requireFinite(SectionFile file, String name, long index, float value) {
        if (!Float.isFinite(value)) {
            throw MillraceException.corrupt(
                    file.path(), "weight is not finite: tensor=%s, index=%d", name, index);
        }
    }
}
