package io.millrace.index.attributes;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The attributes of items, one column each, a value per ordinal. A new table has every value
 * missing; columns are filled by the same calls that later change them.
 *
 * <pre>
 *   cells   price 512 B per 64 rows | stock 512 B | preorder 64 B | category 256 B
 *   places  tags 1024 B per 64 rows: start and count of each row's list in an area that grows, and
 *           its signature
 * </pre>
 *
 * <p>Threading: one writer at a time, any number of readers without locks; see {@link Column}.
 * {@link #close} must come after the last use.
 *
 * <p>Ownership: owns its memory off heap; dictionaries are on the heap.
 */
public final class AttributeTable implements AutoCloseable {
    private final AttributeSchema schema;
    private final int rows;
    private final DirectMemory cells;
    private final ChangeCounter changes = new ChangeCounter();
    private final List<Column> columns = new ArrayList<>();
    private final List<DirectMemory> places = new ArrayList<>();
    private final List<TagArea> areas = new ArrayList<>();

    private AttributeTable(AttributeSchema schema, int rows, DirectMemory cells) {
        this.schema = schema;
        this.rows = rows;
        this.cells = cells;
    }

    /**
     * A table of missing values.
     *
     * @param schema its attributes.
     * @param rows how many rows, from 0.
     * @return the table, to be closed by the caller.
     */
    public static AttributeTable allocate(AttributeSchema schema, int rows) {
        if (rows < 0) {
            throw MillraceException.usage("no such table: rows=%d, least=0", rows);
        }
        DirectMemory cells = DirectMemory.allocate(AttributeFileLayout.cellBytes(schema, rows));
        AttributeTable table = new AttributeTable(schema, rows, cells);
        try {
            table.addColumns();
        } catch (RuntimeException | Error e) {
            table.close();
            throw e;
        }
        for (Column column : table.columns) {
            // Bytes and codes are zero when missing, as the memory is already.
            switch (column) {
                case Int64Column numbers -> numbers.cells().fill(LongCells.MISSING);
                case Float64Column numbers -> numbers.cells().fill(LongCells.MISSING);
                case BoolColumn ignored -> {}
                case CategoryColumn ignored -> {}
                case TagsColumn ignored -> {}
            }
        }
        return table;
    }

    /**
     * The declared attributes.
     *
     * @return the schema.
     */
    public AttributeSchema schema() {
        return schema;
    }

    /**
     * How many rows there are.
     *
     * @return from 0.
     */
    public int rows() {
        return rows;
    }

    /**
     * The values of an attribute.
     *
     * @param name its name.
     * @return its column, of the class of its kind.
     * @throws MillraceException NOT_FOUND when there is no such attribute.
     */
    public Column column(String name) {
        return columns.get(schema.indexOf(name));
    }

    /**
     * All columns.
     *
     * @return the columns in the order of the schema.
     */
    public List<Column> columns() {
        return List.copyOf(columns);
    }

    /**
     * What to ask before reading many values, and {@link #isStill} after it.
     *
     * @return a number that has grown after every change.
     */
    @HotPath
    public long version() {
        return changes.version();
    }

    /**
     * Whether all that was read since is of one version.
     *
     * @param version what {@link #version} answered before.
     * @return false when a value changed meanwhile, or was just being changed before.
     */
    @HotPath
    public boolean isStill(long version) {
        return changes.isStill(version);
    }

    /**
     * How much memory off heap it takes.
     *
     * @return bytes.
     */
    public long bytes() {
        long sum = cells.segment().byteSize();
        for (DirectMemory place : places) {
            sum += place.segment().byteSize();
        }
        for (TagArea area : areas) {
            sum += area.bytes();
        }
        return sum;
    }

    @Override
    public void close() {
        cells.close();
        places.forEach(DirectMemory::close);
        areas.forEach(TagArea::close);
    }

    /** What columns say their changes to. */
    ChangeCounter changes() {
        return changes;
    }

    /** The columns of a fixed width, as they lie in a file. */
    DirectMemory cells() {
        return cells;
    }

    private void addColumns() {
        long offset = 0;
        for (Attribute attribute : schema.attributes()) {
            long bytes = AttributeFileLayout.columnBytes(attribute, rows);
            columns.add(newColumn(attribute, offset, bytes));
            offset += bytes;
        }
    }

    private Column newColumn(Attribute attribute, long offset, long bytes) {
        MemorySegment part = cells.segment().asSlice(offset, bytes);
        return switch (attribute.kind()) {
            case INT64 -> new Int64Column(new LongCells(part, changes));
            case FLOAT64 -> new Float64Column(new LongCells(part, changes));
            case BOOL -> new BoolColumn(part, changes);
            case CATEGORY -> new CategoryColumn(part, new Dictionary(), changes);
            case TAGS -> newTags();
        };
    }

    private TagsColumn newTags() {
        TagArea area = new TagArea();
        areas.add(area);
        LongCells lists = newLongCells();
        lists.fill(LongCells.MISSING);
        return new TagsColumn(lists, newLongCells(), area, new Dictionary(), changes);
    }

    private LongCells newLongCells() {
        DirectMemory place =
                DirectMemory.allocate(AttributeFileLayout.paddedRows(rows) * Long.BYTES);
        places.add(place);
        return new LongCells(place.segment(), changes);
    }
}
