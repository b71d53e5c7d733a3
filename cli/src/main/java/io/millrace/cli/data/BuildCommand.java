package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.bundle.BundleFile;
import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.simd.CodeKernels;
import io.millrace.data.bundle.BuildPlan;
import io.millrace.data.bundle.BuildReport;
import io.millrace.data.bundle.BundleBuilder;
import io.millrace.data.bundle.EmbeddingsReport;
import io.millrace.data.bundle.HalvesChoice;
import io.millrace.data.bundle.HalvesReport;
import io.millrace.data.bundle.RankerBundleBuilder;
import io.millrace.data.bundle.RecallGoal;
import io.millrace.data.bundle.ScoreLoss;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswParameters;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace build}. */
@Command(
        name = "build",
        description = {
            "%nEmbeds every item, or learns factors of it, builds the graph, and puts towers,"
                    + " vectors, graph, feature rows, ranker and rules into one checksummed folder."
                    + " Of models without towers, such as those of an ad log, it puts schema,"
                    + " ranker and calibration into one. The same data set, models and seed give"
                    + " the same bytes.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace build --dataset world --models models --out bundle",
            "  millrace build --dataset world --models models --out bundle --replace",
            "  millrace build --dataset world --models models --out bundle --recall 0.95",
            "  millrace build --dataset world --models models --out bundle --layout inlined",
            "  millrace build --dataset world --models models --out bundle --embeddings bf16",
            "  millrace build --dataset world --models models --out bundle --retriever blend",
            "  millrace build --dataset world --models models --out bundle --value 'click +"
                    + " 0.5*long_view + 2*like'",
            "  millrace build --dataset ads --models ad-models --out ad-bundle"
        })
public final class BuildCommand implements Runnable {
    private static final BuildPlan DEFAULTS = BuildPlan.defaults();

    /** What a bundle of a ranker alone retrieves by. */
    static final String NO_RETRIEVER = "none";

    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;

    @Option(
            names = "--dataset",
            required = true,
            paramLabel = "DATASET",
            description = "Folder of the data set.")
    private Path dataset;

    @Option(
            names = "--models",
            required = true,
            paramLabel = "MODELS",
            description = "Folder of the models that were trained on it.")
    private Path models;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "BUNDLE",
            description = "Folder to make; must be missing or empty.")
    private Path out;

    @Option(names = "--replace", description = "Replace a folder that is there already.")
    private boolean isReplacing;

    @Option(
            names = "--layout",
            paramLabel = "NAME",
            description =
                    "What searches of the graph read: f32 (rows), or inlined (codes of the"
                            + " neighbours in each node). Default: f32.")
    private GraphLayout layout = GraphLayout.F32;

    @Option(
            names = "--code-bits",
            paramLabel = "N",
            description =
                    "Bits per dimension of the codes of inlined, 1 to 4. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int codeBits = DEFAULTS.graph().codeBits();

    @Option(
            names = "--recall",
            paramLabel = "R",
            description =
                    "Recall that searches are to reach, as in 0.95: they are measured with vectors"
                            + " of users, and a server searches as broadly as it needs, no more."
                            + " Default: none, and a rule of thumb.")
    private @Nullable Double recall;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            description =
                    "With --recall: the most candidates that will be served"
                            + " (docs/configuration.md). Default: 500.")
    private @Nullable Integer candidates;

    @Option(
            names = "--embeddings",
            paramLabel = "TYPE",
            description =
                    "Numbers of the embeddings of rankers and towers: f32, bf16 (half the memory)"
                            + " or int8. What rounding costs is printed. Default: f32.")
    private WeightType embeddings = DEFAULTS.embeddings();

    @Option(
            names = "--item-halves",
            paramLabel = "TYPE",
            description =
                    "Numbers of what each item contributes to the ranker's first layers, computed"
                        + " before to make ranking quicker: f32, bf16, int8, or none to leave it"
                        + " out. It takes memory for each item: millrace inspect says how much."
                        + " Default: auto, which is bf16 up to 1 GiB a ranker, and none beyond.")
    private HalvesChoice itemHalves = DEFAULTS.itemHalves();

    @Option(
            names = "--no-attributes",
            description =
                    "Leave out the raw values of the items' features, by which requests may filter"
                            + " (docs/filters.md).")
    private boolean isWithoutAttributes;

    @Option(
            names = "--value",
            paramLabel = "FORMULA",
            description =
                    "What a server orders candidates by: heads of the ranker with weights, as in"
                            + " 'click + 0.5*long_view + 2*like'. Default: click.")
    private String value = RankerHeads.CLICK;

    @ArgGroup(exclusive = false, heading = "%nRetrieval:%n")
    private RetrieverOptions retriever = new RetrieverOptions();

    @Option(
            names = "--max-connections",
            paramLabel = "M",
            description = "Links of a node on each upper level. Default: ${DEFAULT-VALUE}.")
    private int maxConnections = DEFAULTS.graph().maxConnections();

    @Option(
            names = "--ef-construction",
            paramLabel = "N",
            description = "Candidates looked at for a node's links. Default: ${DEFAULT-VALUE}.")
    private int efConstruction = DEFAULTS.graph().efConstruction();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the graph and of factors. Default: ${DEFAULT-VALUE}.")
    private long seed = DEFAULTS.graph().seed();

    /** Filled by picocli. */
    public BuildCommand() {}

    @Override
    public void run() {
        common.validate();
        OptionValues.requireRange("--code-bits", codeBits, 1, CodeKernels.LARGEST_BITS);
        BuildPlan plan =
                DEFAULTS.withGraph(this::graph)
                        .withRetrieval(retriever.plan(seed, threads.count()))
                        .withGoal(goal())
                        .withEmbeddings(embeddings)
                        .withItemHalves(itemHalves)
                        .withAttributes(!isWithoutAttributes)
                        .withFormula(ValueFormula.parse(value))
                        .withReplace(isReplacing);
        if (RankerBundleBuilder.isFor(models)) {
            requireNothingOf(plan);
            buildRanker(plan.formula());
        } else {
            buildFunnel(plan);
        }
    }

    /** Of what there is not in a bundle of a ranker alone, nothing may be asked for. */
    private void requireNothingOf(BuildPlan plan) {
        BuildPlan nothing =
                DEFAULTS.withGraph(graph -> graph.withThreads(threads.count()))
                        .withFormula(plan.formula())
                        .withReplace(isReplacing);
        if (!plan.equals(nothing)) {
            throw MillraceException.usage(
                    "options of a graph, but the models have no towers to build one with:"
                            + " --models=%s; give --dataset, --models, --out, --value and --replace"
                            + " only",
                    models);
        }
    }

    private void buildRanker(ValueFormula formula) {
        BundleManifest manifest =
                RankerBundleBuilder.run(dataset, models, out, formula, isReplacing);
        long bytes = manifest.files().values().stream().mapToLong(BundleFile::bytes).sum();
        boolean isCalibrated = manifest.files().containsKey(BundleLayout.CALIBRATION);
        new TextTable()
                .row("retriever", NO_RETRIEVER + ": a ranker alone")
                .row("ordered by", formula.toString())
                .row("calibrated", isCalibrated ? "yes" : "no")
                .row("size", Texts.bytes(bytes))
                .row("fingerprint", manifest.fingerprint())
                .print(common.out(), "");
        common.write(
                new Figures()
                        .put("fingerprint", manifest.fingerprint())
                        .put("retriever", NO_RETRIEVER)
                        .put("calibrated", isCalibrated ? 1 : 0)
                        .put("bundle_bytes", bytes));
    }

    private void buildFunnel(BuildPlan plan) {
        BuildReport report = BundleBuilder.run(dataset, models, out, plan, common.progress());
        BundleManifest manifest = report.manifest();
        Figures figures = report.figures();
        new TextTable()
                .row("items", Texts.count(manifest.items()))
                .row("users", Texts.count(manifest.users()))
                .row("retriever", figures.text("retriever"))
                .row("dimension", Texts.count(manifest.dimension()))
                .row("graph", Graphs.summary(report.graph()))
                .row("recall", recall(report))
                .row("ordered by", plan.formula().toString())
                .row("embeddings", embeddings(report.embeddings().ranker(), "logits"))
                .row("light ranker's", embeddings(report.embeddings().light(), "logits"))
                .row("towers'", embeddings(report.embeddings().towers(), "cosines"))
                .row("item halves", halves(report.halves()))
                .row("light ranker's", halves(report.lightHalves()))
                .row("attributes", Texts.count(report.attributes()))
                .row("size", Texts.bytes((long) figures.number("bundle_bytes")))
                .row("fingerprint", manifest.fingerprint())
                .row("vectors of items", Texts.seconds(report.embedSeconds()))
                .row("graph building", Texts.seconds(report.indexSeconds()))
                .row("time", Texts.seconds(report.totalSeconds()))
                .print(common.out(), "");
        common.write(figures);
    }

    private HnswParameters graph(HnswParameters defaults) {
        return defaults.withThreads(threads.count())
                .withMaxConnections(maxConnections)
                .withEfConstruction(efConstruction)
                .withSeed(seed)
                .withLayout(layout)
                .withCodeBits(codeBits);
    }

    private @Nullable RecallGoal goal() {
        if (recall == null) {
            if (candidates != null) {
                throw MillraceException.usage(
                        "candidates without a recall: --candidates=%d; give --recall as well, or"
                                + " leave it out",
                        candidates);
            }
            return null;
        }
        return new RecallGoal(
                recall, candidates == null ? RecallGoal.DEFAULT_CANDIDATES : candidates);
    }

    private static String recall(BuildReport report) {
        return report.efSearch() == 0
                ? "not measured"
                : Texts.figure(report.figures(), "recall")
                        + " with ef "
                        + Texts.count(report.efSearch());
    }

    private String embeddings(EmbeddingsReport.@Nullable Part part, String scores) {
        return part == null
                ? "none"
                : embeddings.label()
                        + ", "
                        + Texts.bytes(part.bytes())
                        + difference(scores, part.loss());
    }

    private static String halves(@Nullable HalvesReport halves) {
        if (halves == null) {
            return "none";
        }
        if (halves.bytes() == 0) {
            return "none: no layer of the ranker takes the input";
        }
        String size = halves.type().label() + ", " + Texts.bytes(halves.bytes());
        ScoreLoss loss = halves.loss();
        return loss == null
                ? "none: "
                        + size
                        + " would be more than "
                        + Texts.bytes(HalvesChoice.MOST_BYTES)
                        + "; --item-halves "
                        + halves.type().label()
                        + " puts them in"
                : size + difference("logits", loss);
    }

    private static String difference(String scores, ScoreLoss loss) {
        return "; "
                + scores
                + " differ by "
                + Texts.number(loss.largest(), 5)
                + " at most, "
                + Texts.number(loss.mean(), 5)
                + " in the mean";
    }
}
