package io.millrace.data.importers.source;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;

import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A Parquet file, of which only the columns that are asked for are read. Its rows are counted from
 * 1.
 *
 * <p>Threading: one thread.
 */
public final class ParquetFile implements RowSource {
    private static final int ROWS_PER_REPORT = 1_000;

    private final Path path;
    private final ParquetBounds bounds;
    private final List<String> required;
    private final Map<String, String> listSeparators;

    /**
     * A file to be read.
     *
     * @param path the file.
     * @param required columns it must have; others are passed over.
     * @param listSeparators what to put between the values of those columns that may be lists.
     */
    public ParquetFile(Path path, List<String> required, Map<String, String> listSeparators) {
        this.path = path;
        this.bounds = new ParquetBounds(path);
        this.required = required.stream().distinct().toList();
        this.listSeparators = Map.copyOf(listSeparators);
    }

    @Override
    public long forEach(Rejects rejects, ProgressListener progress, RowConsumer consumer) {
        try (ParquetFileReader reader = open();
                ProgressListener.Stage stage =
                        progress.start("read " + path.getFileName(), reader.getRecordCount())) {
            bounds.requireWithin(reader.getFooter().getBlocks(), Files.size(path));
            MessageType all = reader.getFooter().getFileMetaData().getSchema();
            MessageType wanted = new MessageType(all.getName(), types(all));
            ParquetRow row = new ParquetRow(columns(wanted));
            requirePages(reader);
            return readRows(rows(reader, wanted, all), row, rejects, stage, consumer);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void requirePages(ParquetFileReader reader) throws IOException {
        try {
            bounds.requirePagesWithin(reader.getFooter().getBlocks(), required);
        } catch (MillraceException e) {
            throw e;
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
    }

    private Rows rows(ParquetFileReader reader, MessageType wanted, MessageType all) {
        try {
            reader.setRequestedSchema(wanted);
            return new Rows(reader, bounds, wanted, all);
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
    }

    private ParquetFileReader open() throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new NoSuchFileException(path.toString());
        }
        ParquetReadOptions options =
                ParquetReadOptions.builder(new PlainParquetConfiguration())
                        .withCodecFactory(new ParquetCodecs(path, bounds))
                        .usePageChecksumVerification(true)
                        .build();
        try {
            return ParquetFileReader.open(new NamedFile(path), options);
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
    }

    private long readRows(
            Rows rows,
            ParquetRow row,
            Rejects rejects,
            ProgressListener.Stage stage,
            RowConsumer consumer)
            throws IOException {
        long taken = 0;
        while (next(rows, row)) {
            try {
                consumer.accept(row);
                taken++;
            } catch (RejectedRow e) {
                String name = String.valueOf(path.getFileName());
                rejects.add(name, row.number, String.valueOf(e.getMessage()));
            }
            if (row.number % ROWS_PER_REPORT == 0) {
                stage.advance(ROWS_PER_REPORT);
            }
        }
        stage.advance(row.number % ROWS_PER_REPORT);
        return taken;
    }

    /** What is wrong within a file the library tells by exceptions of many kinds. */
    private boolean next(Rows rows, ParquetRow row) throws IOException {
        try {
            row.group = rows.next();
        } catch (RuntimeException e) {
            throw unreadable(e);
        } catch (OutOfMemoryError e) { // Runs of values are as long as a page says.
            throw unreadable(new IOException("out of memory within a page", e));
        }
        if (row.group == null) {
            return false;
        }
        row.number++;
        return true;
    }

    private List<Type> types(MessageType all) {
        for (String column : required) {
            if (!all.containsField(column)) {
                throw MillraceException.badInput(
                        "column missing: file=%s, column=%s, columns=%s; is it the right file?",
                        path,
                        column,
                        String.join(",", all.getFields().stream().map(Type::getName).toList()));
            }
        }
        return required.stream().map(all::getType).toList();
    }

    private Map<String, ParquetColumn> columns(MessageType wanted) {
        Map<String, ParquetColumn> columns = new HashMap<>();
        for (String name : required) {
            columns.put(name, new ParquetColumn(path, wanted, name, listSeparators.get(name)));
        }
        return columns;
    }

    private MillraceException unreadable(Exception cause) {
        if (cause instanceof NoSuchFileException missing) {
            return MillraceException.io("read", path, missing);
        }
        Throwable first = cause;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        if (first instanceof MillraceException own) {
            return own;
        }
        return new MillraceException(
                ErrorCode.BAD_INPUT,
                "not a whole Parquet file: file="
                        + path
                        + ", reason="
                        + String.valueOf(first.getMessage()).lines().findFirst().orElse("")
                        + "; fetch it again",
                cause);
    }

    /** The library's errors name a file by its toString. */
    private static final class NamedFile extends LocalInputFile {
        private final Path path;

        NamedFile(Path path) {
            super(path);
            this.path = path;
        }

        @Override
        public String toString() {
            return String.valueOf(path.getFileName());
        }
    }

    /** The rows of all row groups. */
    private static final class Rows {
        private final ParquetFileReader reader;
        private final ParquetBounds bounds;
        private final MessageColumnIO columns;
        private final GroupRecordConverter converter;
        private @Nullable RecordReader<Group> records;
        private long left;

        Rows(ParquetFileReader reader, ParquetBounds bounds, MessageType wanted, MessageType all) {
            this.reader = reader;
            this.bounds = bounds;
            columns = new ColumnIOFactory().getColumnIO(wanted, all);
            converter = new GroupRecordConverter(wanted);
        }

        @Nullable Group next() throws IOException {
            while (left == 0) {
                PageReadStore pages = reader.readNextRowGroup();
                if (pages == null) {
                    return null;
                }
                records = columns.getRecordReader(bounds.checked(pages), converter);
                left = pages.getRowCount();
            }
            left--;
            return Objects.requireNonNull(records).read();
        }
    }

    /** A view of the row that was read last. */
    private final class ParquetRow extends SourceRow {
        private final Map<String, ParquetColumn> columns;
        private @Nullable Group group;
        private long number;

        ParquetRow(Map<String, ParquetColumn> columns) {
            this.columns = columns;
        }

        @Override
        public long line() {
            return number;
        }

        @Override
        public String text(String column) {
            Group read = Objects.requireNonNull(group);
            ParquetColumn known = Objects.requireNonNull(columns.get(column), column);
            try {
                return known.text(read);
            } catch (RuntimeException e) { // Of dates, times and decimals that can't be.
                throw unreadable(e);
            }
        }
    }
}
