package io.millrace.server.request;

import io.millrace.core.HotPath;
import io.millrace.core.wire.codec.FormCode;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Columns of raw values as a request brings them, copied as bytes: what they mean is found out
 * where rows are made of them.
 *
 * <p>Threading: one thread at a time. Allocation: in the constructor, and where columns come that
 * are larger than all before; what was grown stays.
 */
@HotPath
public final class RequestColumns {
    private static final int LEAST_BYTES = 1 << 12;

    private final int limit;
    private final FormCode[] forms;
    private final int[] nameOffsets;
    private final int[] nameLengths;
    private final int[] valuesOffsets;
    private final int[] valuesLengths;
    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[0]);
    private int count;
    private int used;

    /**
     * No columns yet.
     *
     * @param maxColumns the most of them
     * @param maxBytes of all of them, names and values
     */
    RequestColumns(int maxColumns, int maxBytes) {
        limit = maxBytes;
        forms = new FormCode[maxColumns];
        nameOffsets = new int[maxColumns];
        nameLengths = new int[maxColumns];
        valuesOffsets = new int[maxColumns];
        valuesLengths = new int[maxColumns];
    }

    void clear() {
        count = 0;
        used = 0;
    }

    /**
     * How many bytes another column may have, name and values.
     *
     * @return 0 when no byte fits any more
     */
    public int room() {
        return limit - used;
    }

    /**
     * Makes memory for columns that follow, at once for all of them.
     *
     * @param length bytes of names and values, no more than there is {@link #room} for
     */
    public void reserve(int length) {
        if (used + length > bytes.capacity()) {
            grow(used + length);
        }
    }

    /**
     * Adds a column for which there is room.
     *
     * @param form in which form its values come
     * @param source holds name and values
     * @param nameOffset of the name in UTF-8
     * @param nameLength in bytes
     * @param valuesOffset of the values
     * @param valuesLength in bytes
     */
    public void add(
            FormCode form,
            DirectBuffer source,
            int nameOffset,
            int nameLength,
            int valuesOffset,
            int valuesLength) {
        reserve(nameLength + valuesLength);
        forms[count] = form;
        nameOffsets[count] = used;
        nameLengths[count] = nameLength;
        used = copy(source, nameOffset, nameLength);
        valuesOffsets[count] = used;
        valuesLengths[count] = valuesLength;
        used = copy(source, valuesOffset, valuesLength);
        count++;
    }

    private int copy(DirectBuffer source, int offset, int length) {
        bytes.putBytes(used, source, offset, length);
        return used + length;
    }

    private void grow(int wanted) {
        int doubled = Integer.highestOneBit(Math.max(wanted, LEAST_BYTES) - 1) << 1;
        byte[] larger = new byte[Math.max(wanted, Math.min(doubled, limit))];
        bytes.getBytes(0, larger, 0, used);
        bytes.wrap(larger);
    }

    /**
     * How many columns there are.
     *
     * @return the number
     */
    public int count() {
        return count;
    }

    /**
     * What names and values are read from.
     *
     * @return the offsets below point into it; another one after {@link #add}
     */
    public DirectBuffer bytes() {
        return bytes;
    }

    /**
     * In which form the values of a column come.
     *
     * @param column in the order of the request
     * @return the form
     */
    public FormCode form(int column) {
        return forms[column];
    }

    /**
     * Where the name of a column begins.
     *
     * @param column in the order of the request
     * @return offset in bytes
     */
    public int nameOffset(int column) {
        return nameOffsets[column];
    }

    /**
     * How long the name of a column is.
     *
     * @param column in the order of the request
     * @return bytes
     */
    public int nameLength(int column) {
        return nameLengths[column];
    }

    /**
     * Where the values of a column begin.
     *
     * @param column in the order of the request
     * @return offset in bytes
     */
    public int valuesOffset(int column) {
        return valuesOffsets[column];
    }

    /**
     * How long the values of a column are.
     *
     * @param column in the order of the request
     * @return bytes of all of them
     */
    public int valuesLength(int column) {
        return valuesLengths[column];
    }
}
