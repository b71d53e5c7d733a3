package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.bundle.BundleFile;
import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.metrics.Figures;
import io.millrace.data.retrieve.Retriever;
import io.millrace.index.GraphCheck;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code millrace inspect}. */
@Command(
        name = "inspect",
        description = {
            "%nChecks every byte of a bundle against its checksums, looks whether the graph is"
                    + " sound, and says what is in it. Ends with 1 when something is damaged.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  millrace inspect bundle", "  millrace inspect bundle/index.hnsw"})
public final class InspectCommand implements Runnable {
    private static final int SAMPLED_NODES = 1_000;

    @Mixin CommonOptions common;

    @Parameters(paramLabel = "BUNDLE", description = "Folder of the bundle, or file of an index.")
    private Path bundle;

    @Option(names = "--no-graph", description = "Leave the graph alone, which is quicker.")
    private boolean isWithoutGraph;

    /** Filled by picocli. */
    public InspectCommand() {}

    @Override
    public void run() {
        common.validate();
        if (Files.isRegularFile(bundle)) {
            Figures figures = new Figures();
            checkGraph(bundle, figures, common.out());
            common.write(figures);
            return;
        }
        BundleManifest manifest = BundleManifest.verify(bundle);
        FeatureSchema schema = FeatureSchema.read(bundle.resolve(BundleLayout.SCHEMA));
        PrintWriter out = common.out();
        Figures figures = describe(manifest, out);
        printFiles(manifest, out);
        printFeatures(schema, out);
        VocabularyTable.print(schema, figures, out);
        printMap("parameters", manifest.parameters(), out);
        printMap("offline metrics", manifest.metrics(), out);
        manifest.metrics().forEach((name, value) -> figures.put("metric." + name, value));
        if (!isWithoutGraph && !manifest.isRankerAlone()) {
            checkGraph(bundle.resolve(BundleLayout.INDEX), figures, out);
        }
        common.write(figures);
    }

    private Figures describe(BundleManifest manifest, PrintWriter out) {
        long bytes = manifest.files().values().stream().mapToLong(BundleFile::bytes).sum();
        long halvesBytes =
                bytes(manifest, BundleLayout.ITEM_HALVES)
                        + bytes(manifest, BundleLayout.LIGHT_HALVES);
        String retriever =
                manifest.isRankerAlone()
                        ? BuildCommand.NO_RETRIEVER
                        : Retriever.of(manifest).label();
        new TextTable()
                .row("bundle", bundle.toString())
                .row("fingerprint", manifest.fingerprint())
                .row("data set", manifest.dataset() + " (" + manifest.datasetKind() + ")")
                .row("items", Texts.count(manifest.items()))
                .row("users", Texts.count(manifest.users()))
                .row("dimension", Texts.count(manifest.dimension()))
                .row("size", Texts.bytes(bytes))
                .row("retriever", retriever)
                .row("item halves", halvesBytes == 0 ? "none" : halves(manifest, halvesBytes))
                .row("checksums", "OK")
                .print(out, "");
        return new Figures()
                .put("fingerprint", manifest.fingerprint())
                .put("dataset", manifest.dataset())
                .put("dataset_kind", manifest.datasetKind())
                .put("items", manifest.items())
                .put("users", manifest.users())
                .put("dimension", manifest.dimension())
                .put("retriever", retriever)
                .put("bundle_bytes", bytes)
                .put("item_halves_bytes", halvesBytes);
    }

    private static long bytes(BundleManifest manifest, String name) {
        BundleFile file = manifest.files().get(name);
        return file == null ? 0 : file.bytes();
    }

    /** They are read into memory as they are in the file. */
    private static String halves(BundleManifest manifest, long bytes) {
        return Texts.bytes(bytes)
                + " in memory, "
                + Texts.bytes(bytes / Math.max(1, manifest.items()))
                + " an item";
    }

    private static void printFiles(BundleManifest manifest, PrintWriter out) {
        out.println();
        out.println("files");
        TextTable table = new TextTable();
        manifest.files()
                .forEach(
                        (name, file) ->
                                table.row(name, Texts.bytes(file.bytes()), file.crc32c(), "OK"));
        table.print(out, "  ");
    }

    private static void printFeatures(FeatureSchema schema, PrintWriter out) {
        out.println();
        out.println("features (" + schema.name() + ")");
        for (FeatureScope scope : FeatureScope.values()) {
            String names =
                    schema.fields(scope).stream()
                            .map(FeatureField::name)
                            .collect(Collectors.joining(", "));
            if (!names.isEmpty()) {
                out.println("  " + scope.name().toLowerCase(Locale.ROOT) + ": " + names);
            }
        }
    }

    private static void printMap(String title, Map<String, ?> map, PrintWriter out) {
        if (map.isEmpty()) {
            return;
        }
        out.println();
        out.println(title);
        TextTable table = new TextTable();
        map.forEach(
                (name, value) ->
                        table.row(
                                name,
                                value instanceof Double number
                                        ? Texts.number(number, 4)
                                        : String.valueOf(value)));
        table.print(out, "  ");
    }

    private void checkGraph(Path file, Figures figures, PrintWriter out) {
        try (HnswIndex index = HnswFile.open(file, common.progress())) {
            GraphDescription graph =
                    new GraphDescription(index, GraphCheck.check(index, SAMPLED_NODES, 1));
            graph.print(out);
            graph.addTo(figures);
        }
    }
}
