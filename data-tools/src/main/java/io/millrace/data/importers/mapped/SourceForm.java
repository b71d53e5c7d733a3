package io.millrace.data.importers.mapped;

import io.millrace.data.importers.source.DelimitedFile;
import io.millrace.data.importers.source.ParquetFile;
import io.millrace.data.importers.source.RowSource;

import java.nio.file.Path;
import java.util.List;

/** Forms of files that a {@link Mapping} can be read by. */
public enum SourceForm {
    /** Delimited text. */
    TEXT {
        @Override
        RowSource open(Path file, Mapping mapping, List<String> required) {
            return new DelimitedFile(file, mapping.format(), required);
        }
    },
    /** Parquet. */
    PARQUET {
        @Override
        RowSource open(Path file, Mapping mapping, List<String> required) {
            return new ParquetFile(file, required, mapping.listSeparators());
        }
    };

    abstract RowSource open(Path file, Mapping mapping, List<String> required);
}
