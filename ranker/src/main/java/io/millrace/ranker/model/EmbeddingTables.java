package io.millrace.ranker.model;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The embedding tables of a model, all of one type.
 *
 * <p>File: sections {@code table.N} in the order of the tables' names, the rows as they are in
 * memory, and before them {@code table.type} (int32: 1 bfloat16, 2 int8; left out for float32).
 *
 * <p>Threading: as {@link EmbeddingTable}. Ownership: closes its tables.
 */
public final class EmbeddingTables implements AutoCloseable {
    private static final String SECTION = "table.";
    private static final String TYPE = SECTION + "type";

    /**
     * Size of a table.
     *
     * @param rows count of ids.
     * @param dimension components of a vector.
     */
    public record Size(int rows, int dimension) {}

    private final WeightType type;
    private final SortedMap<String, EmbeddingTable> byName;
    private final Runnable owner;

    private EmbeddingTables(
            WeightType type, SortedMap<String, EmbeddingTable> byName, Runnable owner) {
        this.type = type;
        this.byName = Collections.unmodifiableSortedMap(byName);
        this.owner = owner;
    }

    /**
     * Tables of zeros in float32.
     *
     * @param sizes their sizes by name.
     * @return the tables.
     */
    public static EmbeddingTables zeros(SortedMap<String, Size> sizes) {
        SortedMap<String, EmbeddingTable> tables = new TreeMap<>();
        sizes.forEach(
                (name, size) ->
                        tables.put(name, new EmbeddingTable(name, size.rows(), size.dimension())));
        return new EmbeddingTables(
                WeightType.F32, tables, () -> tables.values().forEach(EmbeddingTable::close));
    }

    /**
     * Finds the tables in a model's file, where they stay: nothing is copied.
     *
     * @param file the file, in memory; closed with the tables, and by the caller if this fails.
     * @param sizes the sizes that they must have, by name.
     * @return the tables.
     * @throws MillraceException CORRUPT_FILE when one is missing, of another size, or holds a
     *     number that is not finite.
     */
    public static EmbeddingTables read(SectionFile file, SortedMap<String, Size> sizes) {
        WeightType type = WeightType.read(file, TYPE);
        SortedMap<String, EmbeddingTable> tables = new TreeMap<>();
        for (Map.Entry<String, Size> entry : sizes.entrySet()) {
            String section = SECTION + tables.size();
            tables.put(entry.getKey(), find(file, section, type, entry.getKey(), entry.getValue()));
        }
        return new EmbeddingTables(type, tables, file::close);
    }

    private static EmbeddingTable find(
            SectionFile file, String section, WeightType type, String name, Size size) {
        long bytes = size.rows() * EmbeddingTable.rowBytes(size.dimension(), type);
        EmbeddingTable table =
                new EmbeddingTable(
                        name,
                        size.rows(),
                        size.dimension(),
                        type,
                        Weights.section(file, section, bytes),
                        () -> {});
        float[] vector = new float[size.dimension()];
        for (int id = 0; id < size.rows(); id++) {
            table.copyInto(id, vector, 0);
            Weights.requireFinite(file, section, (long) id * vector.length, vector);
        }
        return table;
    }

    /**
     * Writes the tables.
     *
     * @param writer of the model's file.
     * @param as the type they are to have there.
     */
    public void write(SectionFileWriter writer, WeightType as) {
        as.write(writer, TYPE);
        int index = 0;
        for (EmbeddingTable table : byName.values()) {
            String section = SECTION + index++;
            if (as == type) {
                writer.section(section, table.segment());
                continue;
            }
            try (EmbeddingTable rounded = table.as(as)) {
                writer.section(section, rounded.segment());
            }
        }
    }

    /**
     * How the vectors are kept.
     *
     * @return the type of all tables.
     */
    public WeightType type() {
        return type;
    }

    /**
     * Memory of all vectors.
     *
     * @return bytes.
     */
    public long bytes() {
        return byName.values().stream().mapToLong(table -> table.segment().byteSize()).sum();
    }

    /**
     * A table.
     *
     * @param name its name; there must be one.
     * @return the live table.
     */
    public EmbeddingTable table(String name) {
        EmbeddingTable table = byName.get(name);
        if (table == null) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL, "no such embedding table: table=%s", name);
        }
        return table;
    }

    /**
     * All tables.
     *
     * @return the live tables, by name.
     */
    public SortedMap<String, EmbeddingTable> byName() {
        return byName;
    }

    @Override
    public void close() {
        owner.run();
    }
}
