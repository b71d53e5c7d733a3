package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.data.importers.mapped.MappedImporter;
import io.millrace.data.importers.mapped.Mapping;
import io.millrace.data.importers.mapped.SourceForm;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;

/** The arguments of the imports that go by a mapping. */
final class MappedFiles {
    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Files of events, all written in the same way.")
    private List<Path> files;

    @Option(
            names = "--mapping",
            required = true,
            paramLabel = "JSON",
            description = "What the columns mean.")
    private Path mapping;

    /** Imports them and prints what was done. */
    void run(SourceForm form, ImportOptions options, CommonOptions common) {
        ImportOptions.print(
                MappedImporter.run(form, files, Mapping.read(mapping), options.task(common)),
                common);
    }
}
