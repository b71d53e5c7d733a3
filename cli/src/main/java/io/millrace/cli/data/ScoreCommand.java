package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.error.MillraceException;
import io.millrace.core.error.Nearest;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.pass.DcnRowScorer;
import io.millrace.ranker.exchange.DcnVariant;
import io.millrace.ranker.exchange.DescribedNetwork;
import io.millrace.ranker.exchange.NetworkDescription;
import io.millrace.ranker.exchange.OnnxNetwork;
import io.millrace.ranker.model.SafetensorsFile;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code millrace score}. */
@Command(
        name = "score",
        description = {
            "%nReads a Deep & Cross network that was trained elsewhere, from .safetensors or .onnx"
                    + " (docs/model-import.md), and gives the logits of rows of numbers. Where the"
                    + " file holds the answers to its own rows, the largest difference is shown.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace score --weights dcn.safetensors --json logits.json",
            "  millrace score --weights dcn.safetensors --variant lowrank_stacked --json"
                    + " logits.json",
            "  millrace score --weights dcn.onnx --input rows.safetensors --json logits.json"
        })
public final class ScoreCommand implements Runnable {
    private static final String INPUT = "X";

    @Mixin CommonOptions common;

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE",
            description = "The network: .onnx, or else safetensors.")
    private Path weights;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            converter = VariantName.class,
            description =
                    "Which network of a file that holds several: full_stacked, full_parallel,"
                            + " lowrank_stacked, lowrank_parallel, mix_stacked or mix_parallel."
                            + " Default: each that is there.")
    private @Nullable DcnVariant variant;

    @Option(
            names = "--description",
            paramLabel = "FILE",
            description = "JSON that says which tensor of a safetensors file is what.")
    private @Nullable Path description;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Safetensors file whose tensor X holds the rows. Default: the weights'.")
    private @Nullable Path input;

    /** Filled by picocli. */
    public ScoreCommand() {}

    @Override
    public void run() {
        common.validate();
        boolean isOnnx = weights.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
        validate(isOnnx);
        SafetensorsFile tensors = isOnnx ? null : SafetensorsFile.read(weights);
        SafetensorsFile rows = input == null ? tensors : SafetensorsFile.read(input);
        if (rows == null) {
            throw MillraceException.usage(
                    "no rows to score: weights=%s; add --input FILE with a tensor %s",
                    weights, INPUT);
        }
        Map<String, DcnNetwork> networks =
                tensors == null ? Map.of("onnx", OnnxNetwork.read(weights)) : networks(tensors);
        Figures figures = new Figures().put("rows", rows.shape(INPUT, 2)[0]);
        TextTable table =
                new TextTable().row("network", "logits", "least", "mean", "largest", "difference");
        for (Map.Entry<String, DcnNetwork> each : networks.entrySet()) {
            DcnNetwork network = each.getValue();
            float[] logits = score(each.getKey(), network, rows);
            double difference =
                    input == null ? difference(rows, each.getKey(), logits) : Double.NaN;
            figures.put("logits." + each.getKey(), logits);
            if (networks.size() == 1) {
                figures.put("input", network.width()).put("heads", network.heads());
                figures.put("logits", logits);
            }
            if (!Double.isNaN(difference)) {
                figures.put("difference." + each.getKey(), difference);
            }
            addRow(table, each.getKey(), logits, difference);
        }
        table.print(common.out(), "");
        common.write(figures);
    }

    private void validate(boolean isOnnx) {
        if (variant != null && (isOnnx || description != null)) {
            throw MillraceException.usage(
                    "no variants here: weights=%s, description=%s; leave --variant=%s out",
                    weights, description, variant.label());
        }
        if (isOnnx && description != null) {
            throw MillraceException.usage(
                    "an onnx file describes itself: weights=%s; leave --description=%s out",
                    weights, description);
        }
    }

    /** The networks of a safetensors file by name. */
    private Map<String, DcnNetwork> networks(SafetensorsFile tensors) {
        if (description != null) {
            NetworkDescription described = NetworkDescription.read(description);
            return Map.of("described", DescribedNetwork.read(tensors, described));
        }
        List<DcnVariant> variants = variant == null ? DcnVariant.in(tensors) : List.of(variant);
        if (variants.isEmpty()) {
            throw MillraceException.badInput(
                    "no network of known names: file=%s, tensors=%s; say with --description which"
                            + " tensor is what",
                    weights, tensors.names());
        }
        Map<String, DcnNetwork> networks = new LinkedHashMap<>();
        for (DcnVariant each : variants) {
            NetworkDescription usual = NetworkDescription.ofVariant(tensors, each);
            networks.put(each.label(), DescribedNetwork.read(tensors, usual));
        }
        return networks;
    }

    /** Logits of all rows, those of a row side by side. */
    private float[] score(String name, DcnNetwork network, SafetensorsFile file) {
        int count = file.shape(INPUT, 2)[0];
        int heads = network.heads();
        float[] rows = file.floats(INPUT, count, network.width());
        float[] logits = new float[count * heads];
        float[] ofHead = new float[count];
        DcnRowScorer scorer = new DcnRowScorer(network, 0);
        try (ProgressListener.Stage stage = common.progress().start("score " + name, count)) {
            for (int head = 0; head < heads; head++) {
                scorer.logitsInto(rows, count, head, ofHead);
                for (int row = 0; row < count; row++) {
                    logits[row * heads + head] = ofHead[row];
                }
            }
            stage.advance(count);
        }
        return logits;
    }

    /** How far logits are from those the file says they should be, NaN where it does not say. */
    private static double difference(SafetensorsFile file, String name, float[] logits) {
        String answers = "logits." + name;
        if (!file.names().contains(answers)) {
            return Double.NaN;
        }
        double[] expected = file.doubles(answers, logits.length);
        double most = 0;
        for (int i = 0; i < logits.length; i++) {
            most = Math.max(most, Math.abs(expected[i] - logits[i]));
        }
        return most;
    }

    private static void addRow(TextTable table, String name, float[] logits, double difference) {
        double sum = 0;
        float least = Float.POSITIVE_INFINITY;
        float largest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            sum += logit;
            least = Math.min(least, logit);
            largest = Math.max(largest, logit);
        }
        table.row(
                name,
                Texts.count(logits.length),
                Texts.number(least, 4),
                Texts.number(sum / logits.length, 4),
                Texts.number(largest, 4),
                Double.isNaN(difference) ? "-" : String.format(Locale.ROOT, "%.1e", difference));
    }

    /** Reads the name of a variant. */
    static final class VariantName implements ITypeConverter<DcnVariant> {
        @Override
        public DcnVariant convert(String text) {
            Map<String, DcnVariant> variants = new LinkedHashMap<>();
            for (DcnVariant each : DcnVariant.values()) {
                variants.put(each.label(), each);
            }
            DcnVariant named = variants.get(text.toLowerCase(Locale.ROOT));
            if (named != null) {
                return named;
            }
            String nearest = Nearest.of(text, variants.keySet());
            throw new TypeConversionException(
                    "'%s' is none of %s%s"
                            .formatted(
                                    text,
                                    String.join(", ", variants.keySet()),
                                    nearest.isEmpty() ? "" : "; did you mean " + nearest));
        }
    }
}
