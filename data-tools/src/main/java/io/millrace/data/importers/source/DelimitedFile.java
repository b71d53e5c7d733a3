package io.millrace.data.importers.source;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A delimited text file, compressed or not.
 *
 * <p>Threading: one thread.
 */
public final class DelimitedFile implements RowSource {
    /** Stands for no quote at all: a character that no text has. */
    private static final char NO_QUOTE = '\0';

    private final Path path;
    private final InputFile input;
    private final DelimitedFormat format;
    private final List<String> required;

    /**
     * A file to be read.
     *
     * @param path the file; the endings {@code .gz} and {@code .zip} say that it is compressed.
     * @param format how it is written.
     * @param required columns it must have; others may be there.
     */
    public DelimitedFile(Path path, DelimitedFormat format, List<String> required) {
        this.path = path;
        this.input = new InputFile(path);
        this.format = format;
        this.required = required;
    }

    @Override
    public long forEach(Rejects rejects, ProgressListener progress, RowConsumer consumer) {
        try (ProgressListener.Stage stage = progress.start("read " + input.name(), input.bytes());
                InputStream text = input.open(stage);
                CsvReader<CsvRecord> reader =
                        CsvReader.builder()
                                .fieldSeparator(format.separator())
                                .quoteCharacter(format.isQuoted() ? '"' : NO_QUOTE)
                                .commentCharacter(unlike(format.separator()))
                                .allowExtraFields(true)
                                .allowMissingFields(true)
                                .skipEmptyLines(true)
                                .ofCsvRecord(new InputStreamReader(text, format.charset()))) {
            return readRows(reader.iterator(), rejects, consumer);
        } catch (UncheckedIOException e) {
            throw input.unreadable(new IOException(e));
        } catch (CsvParseException e) {
            throw new MillraceException(
                    ErrorCode.BAD_INPUT,
                    "not a delimited text file: file="
                            + path
                            + ", reason="
                            + e.getMessage()
                            + "; correct the file",
                    e);
        } catch (IOException e) {
            throw input.unreadable(e);
        }
    }

    /** No line is a comment, but the character of comments must be none of the separator's. */
    private static char unlike(String separator) {
        return separator.indexOf('#') < 0 ? '#' : separator.indexOf(';') < 0 ? ';' : '%';
    }

    private long readRows(Iterator<CsvRecord> records, Rejects rejects, RowConsumer consumer) {
        TextRow row = new TextRow(columns(records), format.missing());
        long taken = 0;
        while (records.hasNext()) {
            CsvRecord fields = records.next();
            long line = fields.getStartingLineNumber();
            if (fields.getFieldCount() != row.columns.size()) {
                rejects.add(
                        input.name(),
                        line,
                        "expected "
                                + row.columns.size()
                                + " fields, found "
                                + fields.getFieldCount());
                continue;
            }
            row.fields = fields;
            try {
                consumer.accept(row);
                taken++;
            } catch (RejectedRow e) {
                rejects.add(input.name(), line, String.valueOf(e.getMessage()));
            }
        }
        return taken;
    }

    /** Where each column stands, as the format or else the first row says. */
    private Map<String, Integer> columns(Iterator<CsvRecord> records) {
        List<String> names = format.columns();
        if (names.isEmpty()) {
            if (!records.hasNext()) {
                throw MillraceException.badInput(
                        "empty file: file=%s; it must begin with a header", path);
            }
            names = records.next().getFields();
        }
        Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            if (columns.put(names.get(i), i) != null) {
                throw MillraceException.badInput(
                        "column twice: file=%s, column=%s; rename one of them", path, names.get(i));
            }
        }
        for (String column : required) {
            if (!columns.containsKey(column)) {
                throw MillraceException.badInput(
                        "column missing: file=%s, column=%s, header=%s; is it the right file?",
                        path, column, abbreviated(names));
            }
        }
        return columns;
    }

    private static String abbreviated(List<String> header) {
        String text = String.join(",", header).replaceAll("\\s+", " ");
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }

    /** A view of the record that was read last. */
    private static final class TextRow extends SourceRow {
        private final Map<String, Integer> columns;
        private final Set<String> missing;
        private @Nullable CsvRecord fields;

        TextRow(Map<String, Integer> columns, Set<String> missing) {
            this.columns = columns;
            this.missing = missing;
        }

        @Override
        public long line() {
            return current().getStartingLineNumber();
        }

        @Override
        public String text(String column) {
            String text = current().getField(Objects.requireNonNull(columns.get(column), column));
            return missing.contains(text) ? "" : text;
        }

        private CsvRecord current() {
            return Objects.requireNonNull(fields, "a row is read before it is handed out");
        }
    }
}
