package io.millrace.index.attributes;

import static io.millrace.index.attributes.AttributeFileLayout.INT;
import static io.millrace.index.attributes.AttributeFileLayout.LONG;

import com.fasterxml.jackson.core.JacksonException;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.json.Json;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads a file of attributes and believes nothing in it: every length, every code and every text is
 * checked before it is used.
 *
 * <p>Threading: one thread.
 */
final class AttributeFileReader {
    private final SectionFile file;

    AttributeFileReader(SectionFile file) {
        this.file = file;
    }

    /** The table, with room for more rows; to be closed by the caller. */
    AttributeTable read(int room) {
        AttributeSchema schema = readSchema();
        long count = file.readLong(AttributeFileLayout.ROWS);
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw corrupt("count of rows: rows=%d, limit=%d", count, Integer.MAX_VALUE);
        }
        int rows = (int) count;
        if (rows > Integer.MAX_VALUE - room) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "no room for so many rows: rows=%d, room=%d, limit=%d; ask for less",
                    rows,
                    room,
                    Integer.MAX_VALUE);
        }
        MemorySegment cells =
                section(AttributeFileLayout.CELLS, AttributeFileLayout.cellBytes(schema, rows));
        AttributeTable table = AttributeTable.allocate(schema, rows + room);
        try {
            copyCells(cells, schema, rows, table);
            readTexts(AttributeFile.dictionaries(table));
            for (int i = 0; i < schema.attributes().size(); i++) {
                checkCells(schema.attributes().get(i), table.columns().get(i), rows);
            }
            readTags(AttributeFile.tags(table), rows);
            return table;
        } catch (RuntimeException | Error e) {
            table.close();
            throw e;
        }
    }

    /** Each column begins where one of more rows does; what fills up its last 64 stays missing. */
    private static void copyCells(
            MemorySegment cells, AttributeSchema schema, int rows, AttributeTable table) {
        long from = 0;
        long to = 0;
        for (Attribute attribute : schema.attributes()) {
            long bytes = (long) rows * attribute.kind().cellBytes();
            MemorySegment.copy(cells, from, table.cells().segment(), to, bytes);
            from += AttributeFileLayout.columnBytes(attribute, rows);
            to += AttributeFileLayout.columnBytes(attribute, table.rows());
        }
    }

    private AttributeSchema readSchema() {
        byte[] json = file.readBytes(AttributeFileLayout.SCHEMA);
        try {
            return Json.mapper().readValue(json, AttributeSchema.class);
        } catch (JacksonException e) {
            if (e.getCause() instanceof MillraceException own
                    && own.code() == ErrorCode.UNSUPPORTED_VERSION) {
                throw own;
            }
            throw corrupt("schema: %s", e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw MillraceException.io("read the schema of attributes", file.path(), e);
        }
    }

    private void readTexts(List<Dictionary> dictionaries) {
        MemorySegment counts =
                section(AttributeFileLayout.TEXT_COUNTS, (long) dictionaries.size() * Long.BYTES);
        MemorySegment ends = file.section(AttributeFileLayout.TEXT_ENDS);
        MemorySegment bytes = file.section(AttributeFileLayout.TEXT_BYTES);
        long texts = 0;
        long end = 0;
        for (int i = 0; i < dictionaries.size(); i++) {
            long count = counts.get(LONG, (long) i * Long.BYTES);
            if (count < 0 || count > ends.byteSize() / Long.BYTES - texts) {
                throw corrupt(
                        "count of texts: section=%s, index=%d, count=%d",
                        AttributeFileLayout.TEXT_COUNTS, i, count);
            }
            for (int code = 1; code <= count; code++) {
                long start = end;
                end = ends.get(LONG, texts * Long.BYTES);
                if (end < start || end > bytes.byteSize()) {
                    throw corrupt(
                            "text out of order: section=%s, text=%d, start=%d, end=%d",
                            AttributeFileLayout.TEXT_ENDS, texts, start, end);
                }
                addText(dictionaries.get(i), code, bytes.asSlice(start, end - start));
                texts++;
            }
        }
        section(AttributeFileLayout.TEXT_ENDS, texts * Long.BYTES);
        section(AttributeFileLayout.TEXT_BYTES, end);
    }

    private void addText(Dictionary dictionary, int code, MemorySegment bytes) {
        // A character takes at most three bytes, or two take four.
        if (bytes.byteSize() > 3L * Dictionary.MAX_TEXT_LENGTH) {
            throw corrupt("text too long: code=%d, length=%d bytes", code, bytes.byteSize());
        }
        String text;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes.toArray(ValueLayout.JAVA_BYTE)))
                            .toString();
        } catch (CharacterCodingException e) {
            throw corrupt("text is not utf-8: code=%d", code);
        }
        if (text.length() > Dictionary.MAX_TEXT_LENGTH || dictionary.add(text) != code) {
            throw corrupt("text too long or there twice: code=%d, text=%.40s", code, text);
        }
    }

    private void checkCells(Attribute attribute, Column column, int rows) {
        for (int row = 0; row < rows; row++) {
            boolean isGood =
                    switch (column) {
                        case Int64Column ignored -> true;
                        case Float64Column numbers ->
                                Float64Column.isCell(numbers.cells().get(row));
                        case BoolColumn values ->
                                values.get(row) >= BoolColumn.MISSING
                                        && values.get(row) <= BoolColumn.TRUE;
                        case CategoryColumn values ->
                                values.code(row) >= Dictionary.MISSING
                                        && values.code(row) < values.dictionary().size();
                        case TagsColumn ignored -> true;
                    };
            if (!isGood) {
                throw corrupt(
                        "impossible value: section=%s, attribute=%s, row=%d",
                        AttributeFileLayout.CELLS, attribute.name(), row);
            }
        }
    }

    private void readTags(List<TagsColumn> columns, int rows) {
        MemorySegment counts =
                section(
                        AttributeFileLayout.TAG_COUNTS,
                        (long) columns.size() * rows * Integer.BYTES);
        MemorySegment codes = file.section(AttributeFileLayout.TAG_CODES);
        int[] list = new int[TagsColumn.MAX_TAGS];
        long at = 0;
        long index = 0;
        for (TagsColumn column : columns) {
            for (int row = 0; row < rows; row++) {
                int count = counts.get(INT, at * Integer.BYTES);
                at++;
                if (count == TagsColumn.NO_LIST) {
                    continue;
                }
                if (count < 0
                        || count > TagsColumn.MAX_TAGS
                        || count > codes.byteSize() / Integer.BYTES - index) {
                    throw corrupt(
                            "count of tags: section=%s, row=%d, count=%d",
                            AttributeFileLayout.TAG_COUNTS, row, count);
                }
                MemorySegment.copy(codes, INT, index * Integer.BYTES, list, 0, count);
                checkCodes(list, count, column.dictionary().size(), row);
                column.setCodes(row, list, count);
                index += count;
            }
        }
        section(AttributeFileLayout.TAG_CODES, index * Integer.BYTES);
    }

    private void checkCodes(int[] codes, int count, int size, int row) {
        for (int i = 0; i < count; i++) {
            if (codes[i] <= Dictionary.MISSING || codes[i] >= size) {
                throw corrupt(
                        "tag of no text: section=%s, row=%d, code=%d, texts=%d",
                        AttributeFileLayout.TAG_CODES, row, codes[i], size - 1);
            }
        }
    }

    /** A section that must be of a certain length. */
    private MemorySegment section(String name, long bytes) {
        MemorySegment section = file.section(name);
        if (section.byteSize() != bytes) {
            throw corrupt(
                    "section of another length: section=%s, expected=%d, actual=%d bytes",
                    name, bytes, section.byteSize());
        }
        return section;
    }

    @com.google.errorprone.annotations.FormatMethod
    private MillraceException corrupt(
            @com.google.errorprone.annotations.FormatString String format, Object... arguments) {
        return MillraceException.corrupt(file.path(), format, arguments);
    }
}
