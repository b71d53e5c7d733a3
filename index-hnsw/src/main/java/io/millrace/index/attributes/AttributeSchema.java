package io.millrace.index.attributes;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The declared attributes of a table, in the order of its columns.
 *
 * <pre>
 *   {"format": 1, "attributes": [{"name": "price", "kind": "float64"},
 *                                {"name": "category", "kind": "category"}]}
 * </pre>
 *
 * @param format version of the JSON form, {@link #FORMAT}.
 * @param attributes the attributes, names all different.
 */
public record AttributeSchema(int format, List<Attribute> attributes) {
    /** The version of the JSON form that is written. */
    public static final int FORMAT = 1;

    /** Most attributes of a schema. */
    public static final int MAX_ATTRIBUTES = 256;

    private static final int NO_INDEX = -1;

    /** Validates. */
    public AttributeSchema {
        if (format != FORMAT) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown format of an attribute schema: format=%d, known=%d; use a newer"
                            + " millrace",
                    format,
                    FORMAT);
        }
        if (attributes == null || attributes.size() > MAX_ATTRIBUTES) {
            throw MillraceException.badInput(
                    "count of attributes: attributes=%s, limit=%d; declare some, and not too many",
                    attributes == null ? "none" : attributes.size(), MAX_ATTRIBUTES);
        }
        attributes = List.copyOf(attributes);
        Set<String> names = new HashSet<>();
        for (Attribute attribute : attributes) {
            if (!names.add(attribute.name())) {
                throw MillraceException.badInput(
                        "attribute declared twice: name=%s; rename one of them", attribute.name());
            }
        }
    }

    /**
     * A schema of the format of today.
     *
     * @param attributes the attributes.
     * @return the schema.
     */
    public static AttributeSchema of(Attribute... attributes) {
        return new AttributeSchema(FORMAT, List.of(attributes));
    }

    /**
     * Reads a schema file.
     *
     * @param path a JSON file.
     * @return the schema.
     * @throws MillraceException when the file is missing, broken or contradicts itself.
     */
    public static AttributeSchema read(Path path) {
        return Json.read(path, AttributeSchema.class);
    }

    /**
     * Writes the schema file.
     *
     * @param path where to.
     */
    public void write(Path path) {
        Json.writeAtomically(path, this);
    }

    /**
     * Whether an attribute exists.
     *
     * @param name its name.
     * @return true when the schema has it.
     */
    public boolean has(String name) {
        return find(name) != NO_INDEX;
    }

    /**
     * Place of an attribute.
     *
     * @param name its name.
     * @return its index in {@link #attributes()}.
     * @throws MillraceException NOT_FOUND when there is none.
     */
    public int indexOf(String name) {
        int index = find(name);
        if (index == NO_INDEX) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "no such attribute: name=%s, attributes=%s; use one of these",
                    name,
                    names());
        }
        return index;
    }

    /**
     * The names for a message.
     *
     * @return as in {@code price, category}.
     */
    public String names() {
        return attributes.stream().map(Attribute::name).collect(Collectors.joining(", "));
    }

    private int find(String name) {
        for (int i = 0; i < attributes.size(); i++) {
            if (attributes.get(i).name().equals(name)) {
                return i;
            }
        }
        return NO_INDEX;
    }
}
