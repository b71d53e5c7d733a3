package io.millrace.ranker.features;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.thread.WorkCrew;

import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The rows of all users or of all items, each under the caller's id: a section file (kind {@code
 * FEATROWS}) with sections {@code ids} (int64 each), {@code rows} ({@link RowLayout}) and {@code
 * layout} (int64 bytes of a row, int64 fingerprint of the layout).
 *
 * <p>Threading: a table may be read from any thread until it is closed; a builder belongs to one.
 *
 * <p>Allocation: none for a look-up.
 */
public final class RowTable implements AutoCloseable {
    private static final String KIND = "FEATROWS";
    private static final int VERSION = 1;
    private static final int LAYOUT_LENGTH = 2;
    private static final long NONE = -1;

    /** Rows that a thread takes at a time. */
    private static final int CHECKED_ROWS = 4_096;

    private final RowLayout layout;
    private final long[] ids;
    private final MemorySegment rows;
    private final AutoCloseable memory;
    private final Long2LongHashMap rowById;

    private RowTable(
            RowLayout layout,
            long[] ids,
            MemorySegment rows,
            AutoCloseable memory,
            @Nullable Path file) {
        this.layout = layout;
        this.ids = ids;
        this.rows = rows;
        this.memory = memory;
        this.rowById = new Long2LongHashMap(Math.max(8, ids.length * 2), 0.65f, NONE);
        for (int row = 0; row < ids.length; row++) {
            long other = rowById.put(ids[row], row);
            if (other != NONE) {
                throw file == null
                        ? MillraceException.badInput(
                                "id twice: id=%d, row=%d, other=%d; leave one of them out",
                                ids[row], row, other)
                        : MillraceException.corrupt(
                                file, "id twice: id=%d, row=%d, other=%d", ids[row], row, other);
            }
        }
    }

    /**
     * Opens and checks a file of rows.
     *
     * @param path the file.
     * @param layout what its rows must look like.
     * @return the table, mapped.
     * @throws MillraceException when it is damaged, holds ids twice or values that cannot be, or is
     *     of another layout.
     */
    public static RowTable open(Path path, RowLayout layout) {
        SectionFile file = SectionFile.map(path, KIND, VERSION);
        try {
            long[] ids = file.readLongs("ids");
            long[] described = file.readLongs("layout");
            MemorySegment rows = file.section("rows");
            if (described.length != LAYOUT_LENGTH) {
                throw MillraceException.corrupt(
                        path,
                        "length of the layout: length=%d, expected=%d",
                        described.length,
                        LAYOUT_LENGTH);
            }
            int rowBytes = layout.rowBytes();
            if (described[0] != rowBytes || described[1] != layout.fingerprint()) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "rows of another schema: file=%s, row=%d bytes, schema=%d bytes,"
                                + " layout=%016x, schema=%016x; build them again",
                        path,
                        described[0],
                        rowBytes,
                        described[1],
                        layout.fingerprint());
            }
            if (rows.byteSize() != (long) ids.length * rowBytes) {
                throw MillraceException.corrupt(
                        path,
                        "ids and rows differ in number: ids=%d, rows=%d",
                        ids.length,
                        rows.byteSize() / rowBytes);
            }
            checkRows(path, layout, rows, ids.length);
            return new RowTable(layout, ids, rows, file, path);
        } catch (MillraceException e) {
            file.close();
            throw e;
        }
    }

    private static void checkRows(Path path, RowLayout layout, MemorySegment rows, int count) {
        int rowBytes = layout.rowBytes();
        AtomicInteger firstBad = new AtomicInteger(count);
        try (WorkCrew crew = WorkCrew.here("rows")) {
            crew.run(
                    count,
                    CHECKED_ROWS,
                    (worker, from, to) -> {
                        for (int row = from; row < to && row < firstBad.get(); row++) {
                            if (layout.firstBadField(rows, (long) row * rowBytes) >= 0) {
                                firstBad.accumulateAndGet(row, Math::min);
                            }
                        }
                    });
        }
        int bad = firstBad.get();
        if (bad < count) {
            int field = layout.firstBadField(rows, (long) bad * rowBytes);
            throw MillraceException.corrupt(
                    path,
                    "value out of range: row=%d, field=%s",
                    bad,
                    layout.fields().get(field).name());
        }
    }

    /**
     * Begins a table in memory.
     *
     * @param layout what its rows look like.
     * @param capacity expected count of rows; it grows beyond.
     * @return the builder.
     */
    public static Builder builder(RowLayout layout, int capacity) {
        return new Builder(layout, capacity);
    }

    /**
     * Writes the table as a file.
     *
     * @param path where to.
     */
    public void write(Path path) {
        int rowBytes = layout.rowBytes();
        write(
                path,
                layout,
                ids,
                (row, target) ->
                        MemorySegment.copy(rows, (long) row * rowBytes, target, 0, rowBytes));
    }

    /** Gives rows that are not a table in memory. */
    @FunctionalInterface
    public interface RowSource {
        /**
         * Copies a row; the same again where it is asked for twice.
         *
         * @param row index of its id.
         * @param target of the length of a row.
         */
        void copyInto(int row, MemorySegment target);
    }

    /**
     * Writes rows as the file of a table, one by one.
     *
     * @param path where to.
     * @param layout what they look like.
     * @param ids the caller's ids, each once.
     * @param source gives the rows.
     */
    public static void write(Path path, RowLayout layout, long[] ids, RowSource source) {
        int rowBytes = layout.rowBytes();
        MemorySegment scratch = Arena.ofAuto().allocate(rowBytes, RowLayout.ROW_ALIGNMENT_BYTES);
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.longs("layout", new long[] {rowBytes, layout.fingerprint()})
                    .longs("ids", ids)
                    .section(
                            "rows",
                            (long) ids.length * rowBytes,
                            (at, piece) -> {
                                long done = 0;
                                while (done < piece.byteSize()) {
                                    long from = (at + done) % rowBytes;
                                    long count = Math.min(rowBytes - from, piece.byteSize() - done);
                                    source.copyInto((int) ((at + done) / rowBytes), scratch);
                                    MemorySegment.copy(scratch, from, piece, done, count);
                                    done += count;
                                }
                            })
                    .commit();
        }
    }

    /**
     * How long that file will be.
     *
     * @param layout what its rows look like.
     * @param rows how many.
     * @return bytes.
     */
    public static long fileBytes(RowLayout layout, long rows) {
        return SectionFileWriter.fileBytes(
                (long) LAYOUT_LENGTH * Long.BYTES, rows * Long.BYTES, rows * layout.rowBytes());
    }

    /**
     * How many rows.
     *
     * @return count of rows.
     */
    public int count() {
        return ids.length;
    }

    /**
     * What the rows look like.
     *
     * @return the layout.
     */
    public RowLayout layout() {
        return layout;
    }

    /**
     * The caller's id of a row.
     *
     * @param row 0 to {@link #count} - 1.
     * @return the id.
     */
    @HotPath
    public long id(int row) {
        return ids[row];
    }

    /**
     * The row of an id.
     *
     * @param id the caller's id.
     * @return the row, or -1 when there is none.
     */
    @HotPath
    public int indexOf(long id) {
        return (int) rowById.get(id);
    }

    /**
     * Memory of all rows.
     *
     * @return the segment {@link #offset} points into.
     */
    @HotPath
    public MemorySegment segment() {
        return rows;
    }

    /**
     * Where a row begins.
     *
     * @param row 0 to {@link #count} - 1.
     * @return byte offset into {@link #segment}.
     */
    @HotPath
    public long offset(int row) {
        return (long) row * layout.rowBytes();
    }

    /** Gives the memory back; no row may be read afterwards. */
    @Override
    public void close() {
        try {
            memory.close();
        } catch (Exception e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "cannot release rows: rows=" + ids.length, e);
        }
    }

    /** Collects rows one after the other. */
    public static final class Builder implements AutoCloseable {
        private static final int LEAST_CAPACITY = 16;

        private final RowLayout layout;
        private long[] ids;
        private DirectMemory memory;
        private int count;

        private Builder(RowLayout layout, int capacity) {
            this.layout = layout;
            this.ids = new long[Math.max(capacity, LEAST_CAPACITY)];
            this.memory = DirectMemory.allocate((long) ids.length * layout.rowBytes());
        }

        /**
         * Begins the next row, all of whose values are missing.
         *
         * @param id the caller's id.
         * @return the row's index.
         */
        public int append(long id) {
            if (count == ids.length) {
                grow();
            }
            ids[count] = id;
            layout.clear(memory.segment(), (long) count * layout.rowBytes());
            return count++;
        }

        /**
         * Sets a categorical value of the last row.
         *
         * @param field the field.
         * @param id id of the value.
         * @return this builder.
         */
        public Builder category(FeatureField field, int id) {
            checkId(field, id);
            memory.segment().set(RowLayout.INT, at(field), id);
            return this;
        }

        /**
         * Sets a number of the last row.
         *
         * @param field the field.
         * @param value the number, NaN when missing.
         * @return this builder.
         */
        public Builder number(FeatureField field, float value) {
            if (Float.isInfinite(value)) {
                throw MillraceException.badInput(
                        "infinite number: field=%s, id=%d; correct the data",
                        field.name(), ids[count - 1]);
            }
            memory.segment().set(RowLayout.FLOAT, at(field), value);
            return this;
        }

        /**
         * Sets the ids of tags or of a sequence of the last row.
         *
         * @param field the field.
         * @param values the ids.
         * @param from first index into {@code values}.
         * @param length how many, at most the field's limit.
         * @return this builder.
         */
        public Builder values(FeatureField field, int[] values, int from, int length) {
            if (field.kind() == FeatureKind.WEIGHTED_TAGS) {
                throw MillraceException.badInput(
                        "tags without weights: field=%s, id=%d; give weights, or make the kind %s",
                        field.name(), ids[count - 1], FeatureKind.TAGS);
            }
            checkCount(field, length);
            long at = at(field);
            memory.segment().set(RowLayout.INT, at, length);
            for (int i = 0; i < field.maxValues(); i++) {
                int id = i < length ? values[from + i] : 0;
                checkId(field, id);
                memory.segment().set(RowLayout.INT, at + 4L * (i + 1), id);
            }
            return this;
        }

        /**
         * Sets the tags of the last row, each with a weight.
         *
         * @param field a field of {@link FeatureKind#WEIGHTED_TAGS}.
         * @param tags the ids, at most the field's limit.
         * @param weights a weight for each, finite and not below 0; a tag of weight 0 is left out.
         * @return this builder.
         */
        public Builder weightedTags(FeatureField field, int[] tags, float[] weights) {
            checkCount(field, tags.length);
            for (int tag : tags) {
                checkId(field, tag);
            }
            WeightedTags.write(field, tags, weights, memory.segment(), at(field));
            return this;
        }

        /**
         * Makes the last row a copy of another of the same layout.
         *
         * @param rows memory of the other row.
         * @param offset where it begins, in bytes.
         * @return this builder.
         * @throws MillraceException BAD_INPUT when it holds a value that cannot be.
         */
        public Builder copyOf(MemorySegment rows, long offset) {
            int bad = layout.firstBadField(rows, offset);
            if (bad >= 0) {
                throw MillraceException.badInput(
                        "value out of range: field=%s, id=%d",
                        layout.fields().get(bad).name(), ids[count - 1]);
            }
            long at = (long) (count - 1) * layout.rowBytes();
            MemorySegment.copy(rows, offset, memory.segment(), at, layout.rowBytes());
            return this;
        }

        /**
         * Ends the building, for which crossed fields are set.
         *
         * @return the table, which now owns the memory.
         */
        public RowTable build() {
            for (int row = 0; row < count; row++) {
                layout.cross(memory.segment(), (long) row * layout.rowBytes());
            }
            RowTable table =
                    new RowTable(
                            layout,
                            Arrays.copyOf(ids, count),
                            memory.segment().asSlice(0, (long) count * layout.rowBytes()),
                            memory,
                            null);
            memory = DirectMemory.allocate(0);
            return table;
        }

        /** Gives up the rows that were not built into a table. */
        @Override
        public void close() {
            memory.close();
        }

        private long at(FeatureField field) {
            return (long) (count - 1) * layout.rowBytes() + 4L * layout.slotOf(field);
        }

        private void checkCount(FeatureField field, int length) {
            if (length > field.maxValues()) {
                throw MillraceException.badInput(
                        "too many values: field=%s, id=%d, count=%d, limit=%d",
                        field.name(), ids[count - 1], length, field.maxValues());
            }
        }

        private void checkId(FeatureField field, int id) {
            if (id < 0 || id >= field.cardinality()) {
                throw MillraceException.badInput(
                        "id out of range: field=%s, id=%d, cardinality=%d",
                        field.name(), id, field.cardinality());
            }
        }

        private void grow() {
            ids = Arrays.copyOf(ids, ids.length * 2);
            DirectMemory larger = DirectMemory.allocate((long) ids.length * layout.rowBytes());
            MemorySegment.copy(
                    memory.segment(), 0, larger.segment(), 0, memory.segment().byteSize());
            memory.close();
            memory = larger;
        }
    }
}
