package io.millrace.index.attributes;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongToIntFunction;

/**
 * Fills a table from a file of JSON lines, one item each, in any order:
 *
 * <pre>
 *   {"id": 17, "price": 9.5, "stock": 3, "preorder": false, "category": "shoes", "tags": ["new"]}
 * </pre>
 *
 * A key that is left out or null leaves the value missing; empty lines are passed over. Of several
 * lines of one item the last one counts.
 *
 * <p>Threading: one thread, in the place of the table's one writer.
 */
public final class AttributeJsonLines {
    private static final String ID = "id";

    private final Path path;
    private final AttributeTable table;
    private final List<Column> columns;
    private final LongToIntFunction ordinals;
    private long lineNumber;

    private AttributeJsonLines(Path path, AttributeTable table, LongToIntFunction ordinals) {
        this.path = path;
        this.table = table;
        this.columns = table.columns();
        this.ordinals = ordinals;
    }

    /**
     * What was read.
     *
     * @param items lines whose item has a row.
     * @param unknownIds lines of items without one, which were passed over.
     */
    public record Report(long items, long unknownIds) {}

    /**
     * Reads a file.
     *
     * @param path the file, in UTF-8.
     * @param table where the values go.
     * @param ordinals the row of an item id, negative where there is none.
     * @return how many lines were used.
     * @throws MillraceException when a line is not what it should be; the message names it. Lines
     *     before it have been read into the table.
     */
    public static Report read(Path path, AttributeTable table, LongToIntFunction ordinals) {
        return new AttributeJsonLines(path, table, ordinals).read();
    }

    private Report read() {
        long items = 0;
        long unknownIds = 0;
        try (BufferedReader reader = Files.newBufferedReader(path)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lineNumber++;
                if (!line.isBlank()) {
                    JsonNode row = parse(line);
                    int ordinal = ordinal(id(row));
                    if (ordinal >= 0) {
                        setRow(ordinal, row);
                        items++;
                    } else {
                        unknownIds++;
                    }
                }
            }
        } catch (CharacterCodingException e) {
            throw MillraceException.badInput(
                    "not utf-8: file=%s, line=%d; correct the file", path, lineNumber + 1);
        } catch (IOException e) {
            throw MillraceException.io("read attributes", path, e);
        }
        return new Report(items, unknownIds);
    }

    private JsonNode parse(String line) {
        JsonNode row;
        try {
            row = Json.mapper().readTree(line);
        } catch (JacksonException e) {
            throw MillraceException.badInput(
                    "not json: file=%s, line=%d, reason=%s; correct the line",
                    path, lineNumber, e.getOriginalMessage().lines().findFirst().orElse(""));
        }
        if (!row.isObject()) {
            throw MillraceException.badInput(
                    "not a json object: file=%s, line=%d; write one item a line", path, lineNumber);
        }
        return row;
    }

    private long id(JsonNode row) {
        JsonNode id = row.get(ID);
        if (id == null || !id.isIntegralNumber() || !id.canConvertToLong()) {
            throw bad(ID, String.valueOf(id), "a whole number of 64 bits");
        }
        return id.longValue();
    }

    private int ordinal(long id) {
        int ordinal = ordinals.applyAsInt(id);
        if (ordinal >= table.rows()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "item past the end of the table: file=%s, line=%d, id=%d, row=%d, rows=%d; make"
                            + " the table for the index",
                    path,
                    lineNumber,
                    id,
                    ordinal,
                    table.rows());
        }
        return ordinal;
    }

    private void setRow(int ordinal, JsonNode row) {
        checkKeys(row);
        List<Attribute> attributes = table.schema().attributes();
        for (int i = 0; i < attributes.size(); i++) {
            String name = attributes.get(i).name();
            JsonNode value = row.get(name);
            if (value == null || value.isNull()) {
                columns.get(i).setMissing(ordinal);
            } else {
                setValue(columns.get(i), ordinal, name, value);
            }
        }
    }

    private void checkKeys(JsonNode row) {
        for (Map.Entry<String, JsonNode> entry : row.properties()) {
            String name = entry.getKey();
            if (!table.schema().has(name) && !name.equals(ID)) {
                throw MillraceException.badInput(
                        "no such attribute: file=%s, line=%d, name=%s, attributes=%s; declare it"
                                + " or leave it out",
                        path, lineNumber, name, table.schema().names());
            }
        }
    }

    private void setValue(Column column, int ordinal, String name, JsonNode value) {
        switch (column) {
            case Int64Column numbers -> {
                if (!value.isIntegralNumber()
                        || !value.canConvertToLong()
                        || value.longValue() == LongCells.MISSING) {
                    throw bad(name, value.toString(), "a whole number of 64 bits");
                }
                numbers.set(ordinal, value.longValue());
            }
            case Float64Column numbers -> {
                if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
                    throw bad(name, value.toString(), "a finite number");
                }
                numbers.set(ordinal, value.doubleValue());
            }
            case BoolColumn values -> {
                if (!value.isBoolean()) {
                    throw bad(name, value.toString(), "true or false");
                }
                values.set(ordinal, value.booleanValue());
            }
            case CategoryColumn values -> {
                if (!value.isTextual()) {
                    throw bad(name, value.toString(), "a text");
                }
                values.set(ordinal, value.textValue());
            }
            case TagsColumn values -> values.set(ordinal, texts(name, value));
        }
    }

    private List<String> texts(String name, JsonNode value) {
        List<String> texts = new ArrayList<>();
        boolean isGood = value.isArray();
        for (JsonNode element : value) {
            isGood &= element.isTextual();
            texts.add(element.asText());
        }
        if (!isGood) {
            throw bad(name, value.toString(), "an array of texts");
        }
        return texts;
    }

    private MillraceException bad(String name, String value, String expected) {
        return MillraceException.badInput(
                "not a value of the attribute: file=%s, line=%d, name=%s, value=%.40s,"
                        + " expected=%s; correct the line",
                path, lineNumber, name, value, expected);
    }
}
