package io.millrace.index.vectors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rows that follow each other without anything between, as many as the head of the file said. What
 * comes after them is an error.
 */
final class TableReader implements RowReader {
    private final ByteSource source;
    private final NumberType type;
    private final long count;
    private final int dimension;
    private final ByteBuffer buffer;
    private long read;

    TableReader(ByteSource source, NumberType type, ByteOrder order, long count, int dimension) {
        this.source = source;
        this.type = type;
        this.count = count;
        this.dimension = dimension;
        buffer = ByteSource.buffer(Math.multiplyExact(dimension, type.bytes()), order);
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public long mostRows() {
        return Math.min(count, source.mostBytes() / buffer.capacity());
    }

    @Override
    public boolean next(float[] row) throws IOException {
        if (read == count) {
            if (source.readOrEnd(
                    ByteSource.buffer(1, ByteOrder.BIG_ENDIAN), "what follows the rows")) {
                throw source.bad("it goes on after the last row: rows=" + count);
            }
            return false;
        }
        source.read(buffer, "row=" + read);
        type.convert(buffer, row, dimension);
        read++;
        return true;
    }
}
