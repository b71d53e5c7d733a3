package io.millrace.data.importers.mapped;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Imports texts by a mapping, both written into a folder, where the data set goes as well. */
final class MappedRun {
    private MappedRun() {}

    static ImportReport run(Path folder, String mapping, String events, long maxRejects)
            throws IOException {
        Path file = Files.writeString(folder.resolve("mapping.json"), mapping);
        Path log = Files.writeString(folder.resolve("events.csv"), events);
        return MappedImporter.run(
                SourceForm.TEXT,
                List.of(log),
                Mapping.read(file),
                new ImportTask(target(folder), maxRejects, ProgressListener.NONE));
    }

    static Path target(Path folder) {
        return folder.resolve("set");
    }
}
