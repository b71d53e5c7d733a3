package io.millrace.index.attributes;

import static io.millrace.index.attributes.AttributeFileLayout.INT;
import static io.millrace.index.attributes.AttributeFileLayout.LONG;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.json.Json;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Writes an {@link AttributeTable} to a file (see {@link AttributeFileLayout}) and opens it again.
 * Lists of tags that were replaced are left behind, so the file is as small as that of a new table.
 *
 * <p>Threading: writing is done in the place of the table's one writer.
 */
public final class AttributeFile {
    private AttributeFile() {}

    /**
     * Writes a table, or leaves what was there.
     *
     * @param table the table.
     * @param path the file.
     */
    public static void write(AttributeTable table, Path path) {
        try (Arena arena = Arena.ofConfined();
                SectionFileWriter writer =
                        SectionFileWriter.create(
                                path, AttributeFileLayout.KIND, AttributeFileLayout.VERSION)) {
            writer.bytes(AttributeFileLayout.SCHEMA, schemaJson(table.schema()));
            writer.longs(AttributeFileLayout.ROWS, new long[] {table.rows()});
            writer.section(AttributeFileLayout.CELLS, table.cells().segment());
            writeTexts(writer, dictionaries(table), arena);
            writeTags(writer, table, arena);
            writer.commit();
        }
    }

    /**
     * Opens a table by copying it into memory; the file is not needed any more then.
     *
     * @param path the file.
     * @return the table, to be closed by the caller.
     * @throws MillraceException CORRUPT_FILE when it is damaged.
     */
    public static AttributeTable open(Path path) {
        return open(path, 0);
    }

    /**
     * Opens a table with room behind its rows for such as come later, all of them missing.
     *
     * @param path the file.
     * @param room how many more rows there are.
     * @return the table, to be closed by the caller.
     * @throws MillraceException CORRUPT_FILE when it is damaged, LIMIT when there would be too many
     *     rows.
     */
    public static AttributeTable open(Path path, int room) {
        try (SectionFile file =
                SectionFile.open(path, AttributeFileLayout.KIND, AttributeFileLayout.VERSION)) {
            return new AttributeFileReader(file).read(room);
        }
    }

    /** The dictionaries of a table in the order of its columns. */
    static List<Dictionary> dictionaries(AttributeTable table) {
        List<Dictionary> dictionaries = new ArrayList<>();
        for (Column column : table.columns()) {
            switch (column) {
                case CategoryColumn category -> dictionaries.add(category.dictionary());
                case TagsColumn tags -> dictionaries.add(tags.dictionary());
                case Int64Column ignored -> {}
                case Float64Column ignored -> {}
                case BoolColumn ignored -> {}
            }
        }
        return dictionaries;
    }

    /** The columns of tags in the order of the schema. */
    static List<TagsColumn> tags(AttributeTable table) {
        List<TagsColumn> all = new ArrayList<>();
        for (Column column : table.columns()) {
            if (column instanceof TagsColumn tags) {
                all.add(tags);
            }
        }
        return all;
    }

    private static byte[] schemaJson(AttributeSchema schema) {
        try {
            return Json.mapper().writeValueAsBytes(schema);
        } catch (JsonProcessingException e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "cannot express an attribute schema as json", e);
        }
    }

    private static void writeTexts(
            SectionFileWriter writer, List<Dictionary> dictionaries, Arena arena) {
        long[] counts = new long[dictionaries.size()];
        long textCount = 0;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = dictionaries.get(i).size() - 1L;
            textCount += counts[i];
        }
        MemorySegment ends = arena.allocate(textCount * Long.BYTES, Long.BYTES);
        List<byte[]> texts = new ArrayList<>();
        long end = 0;
        for (Dictionary dictionary : dictionaries) {
            for (int code = 1; code < dictionary.size(); code++) {
                String text = Objects.requireNonNull(dictionary.text(code), "codes have texts");
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                end += bytes.length;
                ends.set(LONG, (long) texts.size() * Long.BYTES, end);
                texts.add(bytes);
            }
        }
        MemorySegment all = arena.allocate(end);
        long at = 0;
        for (byte[] text : texts) {
            MemorySegment.copy(MemorySegment.ofArray(text), 0, all, at, text.length);
            at += text.length;
        }
        writer.longs(AttributeFileLayout.TEXT_COUNTS, counts);
        writer.section(AttributeFileLayout.TEXT_ENDS, ends);
        writer.section(AttributeFileLayout.TEXT_BYTES, all);
    }

    private static void writeTags(SectionFileWriter writer, AttributeTable table, Arena arena) {
        List<TagsColumn> all = tags(table);
        MemorySegment counts =
                arena.allocate((long) all.size() * table.rows() * Integer.BYTES, Integer.BYTES);
        long at = 0;
        long codeCount = 0;
        for (TagsColumn column : all) {
            for (int row = 0; row < table.rows(); row++) {
                int count = column.count(row);
                counts.set(INT, at * Integer.BYTES, count);
                codeCount += Math.max(0, count);
                at++;
            }
        }
        MemorySegment codes = arena.allocate(codeCount * Integer.BYTES, Integer.BYTES);
        long index = 0;
        for (TagsColumn column : all) {
            for (int row = 0; row < table.rows(); row++) {
                column.copyCodes(row, codes, index);
                index += Math.max(0, column.count(row));
            }
        }
        writer.section(AttributeFileLayout.TAG_COUNTS, counts);
        writer.section(AttributeFileLayout.TAG_CODES, codes);
    }
}
