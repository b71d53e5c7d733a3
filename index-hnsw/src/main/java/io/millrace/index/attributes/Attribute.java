package io.millrace.index.attributes;

import io.millrace.core.error.MillraceException;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One declared attribute.
 *
 * @param name unique in the schema: letters, digits, dots and underscores, a letter or an
 *     underscore first, and no word of the predicate language.
 * @param kind what its value is.
 */
public record Attribute(String name, AttributeKind kind) {
    private static final int MAX_NAME_LENGTH = 64;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

    /** What predicates are written with. */
    private static final Set<String> RESERVED =
            Set.of(
                    "and", "or", "not", "in", "has", "any", "all", "is", "missing", "between",
                    "true", "false");

    /** Validates. */
    public Attribute {
        if (name == null || kind == null) {
            throw MillraceException.badInput(
                    "attribute without a key: name=%s, kind=%s; set both", name, kind);
        }
        if (name.length() > MAX_NAME_LENGTH || !NAME.matcher(name).matches()) {
            throw MillraceException.badInput(
                    "not a name of an attribute: name=%s, limit=%d; use letters, digits, dots and"
                            + " underscores, and no digit or dot first",
                    name, MAX_NAME_LENGTH);
        }
        if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
            throw MillraceException.badInput(
                    "a word of the predicate language is no name of an attribute: name=%s; rename"
                            + " it",
                    name);
        }
    }

    /** As in messages: {@code float64 attribute price}. */
    @Override
    public String toString() {
        return kind + " attribute " + name;
    }
}
