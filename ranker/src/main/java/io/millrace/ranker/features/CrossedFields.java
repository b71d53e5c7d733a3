package io.millrace.ranker.features;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The crossed fields of a row, whose ids follow from other ids of the same row: each id mixed into
 * a hash after the other, modulo the ids that are not reserved. A combination of nothing but
 * missing values is missing itself. The hash is part of the format.
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
final class CrossedFields {
    /** Any odd number does; it keeps ids that are 0 from leaving the hash as it is. */
    private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

    /** By crossed field: its index, and the slots it is made of. */
    private final int[] crosses;

    private final int[][] partSlots;
    private final FeatureField[] fields;
    private final int[] slots;

    /**
     * Finds what the crossed fields are made of.
     *
     * @param fields the fields of a row.
     * @param slots first slot of each.
     * @throws MillraceException when a field is made of one that the row does not have, that is no
     *     category, or that is crossed itself.
     */
    CrossedFields(List<FeatureField> fields, int[] slots) {
        this.fields = fields.toArray(FeatureField[]::new);
        this.slots = slots;
        this.crosses = new int[(int) fields.stream().filter(CrossedFields::isCrossed).count()];
        this.partSlots = new int[crosses.length][];
        int cross = 0;
        for (int i = 0; i < slots.length; i++) {
            if (isCrossed(this.fields[i])) {
                crosses[cross] = i;
                partSlots[cross++] = partSlots(this.fields[i]);
            }
        }
    }

    private int[] partSlots(FeatureField cross) {
        int[] result = new int[cross.crossOf().size()];
        for (int part = 0; part < result.length; part++) {
            String name = cross.crossOf().get(part);
            int index = indexOf(name);
            if (index < 0
                    || fields[index].kind() != FeatureKind.CATEGORICAL
                    || isCrossed(fields[index])) {
                throw MillraceException.badInput(
                        "no field to cross: field=%s, scope=%s, crossOf=%s; name categories of the"
                                + " same scope that are not crossed themselves",
                        cross.name(), cross.scope(), name);
            }
            result[part] = slots[index];
        }
        return result;
    }

    private int indexOf(String name) {
        for (int i = 0; i < fields.length; i++) {
            if (fields[i].name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isCrossed(FeatureField field) {
        return field.encoding() == ValueEncoding.CROSSED;
    }

    /** Writes the ids of all crossed fields of a row. */
    @HotPath
    void write(MemorySegment rows, long offset) {
        for (int cross = 0; cross < crosses.length; cross++) {
            rows.set(RowLayout.INT, offset + 4L * slots[crosses[cross]], id(cross, rows, offset));
        }
    }

    /** Index of the first crossed field whose id is not the one that follows, or -1. */
    @HotPath
    int firstBadField(MemorySegment rows, long offset) {
        for (int cross = 0; cross < crosses.length; cross++) {
            int index = crosses[cross];
            if (rows.get(RowLayout.INT, offset + 4L * slots[index]) != id(cross, rows, offset)) {
                return index;
            }
        }
        return -1;
    }

    private int id(int cross, MemorySegment rows, long offset) {
        long hash = 0;
        boolean isMissing = true;
        for (int slot : partSlots[cross]) {
            int id = rows.get(RowLayout.INT, offset + 4L * slot);
            isMissing &= id == FeatureField.MISSING;
            hash = SplitRandom.mix64(hash + STEP + id);
        }
        int buckets = fields[crosses[cross]].cardinality() - FeatureField.FIRST;
        return isMissing
                ? FeatureField.MISSING
                : FeatureField.FIRST + (int) Long.remainderUnsigned(hash, buckets);
    }
}
