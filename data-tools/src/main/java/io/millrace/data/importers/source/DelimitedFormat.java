package io.millrace.data.importers.source;

import io.millrace.core.error.MillraceException;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * How a delimited text file is written.
 *
 * @param separator between the fields, one or more characters.
 * @param charset of the text.
 * @param isQuoted whether a field may stand in double quotes (RFC 4180); otherwise a quote is a
 *     character as any other.
 * @param columns names of the columns of a file without a header, empty where the first row names
 *     them.
 * @param missing texts that stand for a missing value, beside the empty one.
 */
public record DelimitedFormat(
        String separator,
        Charset charset,
        boolean isQuoted,
        List<String> columns,
        Set<String> missing) {
    /** Commas, UTF-8, quotes, a header. */
    public static final DelimitedFormat CSV =
            new DelimitedFormat(",", StandardCharsets.UTF_8, true, List.of(), Set.of());

    /** Validates and copies. */
    public DelimitedFormat {
        if (separator.isEmpty()
                || separator.chars().anyMatch(c -> c == '\n' || c == '\r' || c == '"')) {
            throw MillraceException.badInput(
                    "bad separator: length=%d; give one or more characters that are no line break"
                            + " and no quote",
                    separator.length());
        }
        columns = List.copyOf(columns);
        missing = Set.copyOf(missing);
    }

    /**
     * The same with another separator.
     *
     * @param other between the fields.
     * @return a copy.
     */
    public DelimitedFormat withSeparator(String other) {
        return new DelimitedFormat(other, charset, isQuoted, columns, missing);
    }

    /**
     * The same without quotes or header.
     *
     * @param names names of the columns in order.
     * @return a copy.
     */
    public DelimitedFormat plain(List<String> names) {
        return new DelimitedFormat(separator, charset, false, names, missing);
    }

    /**
     * The same in another encoding.
     *
     * @param other of the text.
     * @return a copy.
     */
    public DelimitedFormat withCharset(Charset other) {
        return new DelimitedFormat(separator, other, isQuoted, columns, missing);
    }
}
