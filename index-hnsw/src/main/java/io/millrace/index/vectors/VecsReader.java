package io.millrace.index.vectors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rows of the fvecs and bvecs files of the TEXMEX collection: before each row stands its dimension
 * as int32, little-endian like all numbers.
 */
final class VecsReader implements RowReader {
    private final ByteSource source;
    private final NumberType type;
    private final int dimension;
    private final ByteBuffer head = ByteSource.buffer(Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer body;
    private boolean isHeadRead = true;
    private long read;

    VecsReader(ByteSource source, NumberType type) throws IOException {
        this.source = source;
        this.type = type;
        if (!source.readOrEnd(head, "the first dimension")) {
            throw source.bad("it is empty; expected rows of vectors");
        }
        dimension = head.getInt(0);
        VectorFiles.checkDimension(source, dimension);
        body = ByteSource.buffer(dimension * type.bytes(), ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public long mostRows() {
        return source.mostBytes() / (Integer.BYTES + body.capacity());
    }

    @Override
    public boolean next(float[] row) throws IOException {
        if (!readHead()) {
            return false;
        }
        source.read(body, "row=" + read);
        type.convert(body, row, dimension);
        read++;
        return true;
    }

    /** Reads the next row as whole numbers. */
    boolean next(int[] row) throws IOException {
        if (!readHead()) {
            return false;
        }
        source.read(body, "row=" + read);
        body.asIntBuffer().get(row, 0, dimension);
        read++;
        return true;
    }

    private boolean readHead() throws IOException {
        if (!isHeadRead && !source.readOrEnd(head, "the dimension of row=" + read)) {
            return false;
        }
        isHeadRead = false;
        if (head.getInt(0) != dimension) {
            throw source.bad(
                    "rows differ in dimension: row="
                            + read
                            + ", dimension="
                            + head.getInt(0)
                            + ", first row="
                            + dimension
                            + "; is it of another format than its name says");
        }
        return true;
    }
}
