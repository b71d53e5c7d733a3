package io.millrace.data.importers;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A delimited text file with a header (RFC 4180, or tab-separated), compressed with gzip or not,
 * read row by row.
 *
 * <p>Threading: one thread.
 */
final class DelimitedFile {
    /** One row: its line and its fields by the name of the column. */
    static final class Row {
        private final Map<String, Integer> columns;
        private CsvRecord fields;

        private Row(Map<String, Integer> columns, CsvRecord fields) {
            this.columns = columns;
            this.fields = fields;
        }

        long line() {
            return fields.getStartingLineNumber();
        }

        String text(String column) {
            return fields.getField(Objects.requireNonNull(columns.get(column), column));
        }

        /** The field as a whole number; a value such as {@code 3.0} counts as one. */
        long wholeNumber(String column) throws RejectedRow {
            String text = text(column);
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                double number = number(column);
                if (number != Math.rint(number) || Math.abs(number) > 1L << 53) {
                    throw new RejectedRow(column + " is no whole number: " + text);
                }
                return (long) number;
            }
        }

        /** The field as a number, NaN when it is empty. */
        double number(String column) throws RejectedRow {
            String text = text(column);
            if (text.isEmpty()) {
                return Double.NaN;
            }
            try {
                double number = Double.parseDouble(text);
                if (Double.isFinite(number)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw new RejectedRow(column + " is no number: " + text);
            }
            throw new RejectedRow(column + " is not finite: " + text);
        }
    }

    /** Says that a row cannot be taken, and why. */
    static final class RejectedRow extends Exception {
        private static final long serialVersionUID = 1L;

        RejectedRow(String reason) {
            super(reason, null, false, false);
        }
    }

    /** Takes a row. */
    interface RowConsumer {
        void accept(Row row) throws RejectedRow;
    }

    private final Path path;
    private final char separator;
    private final List<String> required;

    /**
     * A file to be read.
     *
     * @param path the file; the ending {@code .gz} says that it is compressed.
     * @param separator between the fields.
     * @param required columns it must have.
     */
    DelimitedFile(Path path, char separator, List<String> required) {
        this.path = path;
        this.separator = separator;
        this.required = required;
    }

    /**
     * Reads all rows.
     *
     * @return how many were taken.
     */
    long forEach(Rejects rejects, ProgressListener progress, RowConsumer consumer) {
        String name = String.valueOf(path.getFileName());
        try (ProgressListener.Stage stage = progress.start("read " + name, Files.size(path));
                InputStream raw = new CountingStream(Files.newInputStream(path), stage);
                InputStream text = name.endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
                CsvReader<CsvRecord> reader =
                        CsvReader.builder()
                                .fieldSeparator(separator)
                                .allowExtraFields(true)
                                .allowMissingFields(true)
                                .skipEmptyLines(true)
                                .ofCsvRecord(new InputStreamReader(text, StandardCharsets.UTF_8))) {
            return readRows(name, reader.iterator(), rejects, consumer);
        } catch (EOFException | ZipException e) {
            throw new MillraceException(
                    ErrorCode.BAD_INPUT,
                    "not a whole gzip file: file=" + path + "; fetch it again",
                    e);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof EOFException || e.getCause() instanceof ZipException) {
                throw new MillraceException(
                        ErrorCode.BAD_INPUT,
                        "not a whole gzip file: file=" + path + "; fetch it again",
                        e);
            }
            throw MillraceException.io("read", path, new IOException(e));
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
            throw MillraceException.io("read", path, e);
        }
    }

    private long readRows(
            String name, Iterator<CsvRecord> records, Rejects rejects, RowConsumer consumer) {
        if (!records.hasNext()) {
            throw MillraceException.badInput(
                    "empty file: file=%s; it must begin with a header", path);
        }
        Map<String, Integer> columns = header(records.next());
        long taken = 0;
        Row row = null;
        while (records.hasNext()) {
            CsvRecord fields = records.next();
            if (row == null) {
                row = new Row(columns, fields);
            }
            row.fields = fields;
            if (fields.getFieldCount() != columns.size()) {
                rejects.add(
                        name,
                        row.line(),
                        "expected " + columns.size() + " fields, found " + fields.getFieldCount());
                continue;
            }
            try {
                consumer.accept(row);
                taken++;
            } catch (RejectedRow e) {
                rejects.add(name, row.line(), String.valueOf(e.getMessage()));
            }
        }
        return taken;
    }

    private Map<String, Integer> header(CsvRecord record) {
        Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < record.getFieldCount(); i++) {
            columns.put(record.getField(i), i);
        }
        for (String column : required) {
            if (!columns.containsKey(column)) {
                throw MillraceException.badInput(
                        "column missing: file=%s, column=%s, header=%s; is it the right file?",
                        path, column, abbreviated(record.getFields()));
            }
        }
        return columns;
    }

    private static String abbreviated(List<String> header) {
        String text = String.join(",", header).replaceAll("\\s+", " ");
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }

    /** Tells the progress how much of the file has been read, before it is decompressed. */
    private static final class CountingStream extends FilterInputStream {
        private final ProgressListener.Stage stage;

        CountingStream(InputStream in, ProgressListener.Stage stage) {
            super(new BufferedInputStream(in, 1 << 16));
            this.stage = stage;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                stage.advance(1);
            }
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            if (count > 0) {
                stage.advance(count);
            }
            return count;
        }
    }
}
