package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.data.importers.kuairand.KuaiRandImporter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

/** {@code millrace import kuairand}. */
@Command(
        name = "kuairand",
        header = "make a data set of KuaiRand-Pure",
        description = {
            "%nReads watch histories, impressions, user and video attributes of KuaiRand-Pure. The"
                + " impressions of April are to train on, those of May to test on; what is known"
                + " only after an impression becomes a label, never a feature.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = "  millrace import kuairand data/kuairand-pure --out kuairand")
public final class ImportKuaiRandCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ImportOptions options;

    @Parameters(paramLabel = "SRC", description = "Folder that holds the five files.")
    private Path source;

    /** Filled by picocli. */
    public ImportKuaiRandCommand() {}

    @Override
    public void run() {
        ImportOptions.print(KuaiRandImporter.run(source, options.task(common)), common);
    }
}
