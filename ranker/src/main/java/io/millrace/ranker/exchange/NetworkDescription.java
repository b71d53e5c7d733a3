package io.millrace.ranker.exchange;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.model.SafetensorsFile;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Says which tensors of a file are which weights of a network ({@code docs/model-import.md}).
 *
 * @param format version of this form, {@value #FORMAT}.
 * @param structure how the deep part stands to the cross layers.
 * @param cross cross layers in order, all of one form; may be empty.
 * @param deep deep layers in order, ReLU after each; may be empty.
 * @param head what gives the logits.
 */
public record NetworkDescription(
        int format,
        DcnStructure structure,
        List<CrossTensors> cross,
        List<DenseTensors> deep,
        DenseTensors head) {
    static final int FORMAT = 1;

    /** Validates and copies. */
    public NetworkDescription {
        if (format != FORMAT) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown form of a model description: format=%d, known=%d; change format",
                    format,
                    FORMAT);
        }
        require(structure, "structure", "parallel or stacked");
        require(head, "head", "{\"weight\": …, \"bias\": …}");
        cross = cross == null ? List.of() : List.copyOf(cross);
        deep = deep == null ? List.of() : List.copyOf(deep);
        for (int i = 1; i < cross.size(); i++) {
            if (cross.get(i).form() != cross.getFirst().form()) {
                throw MillraceException.badInput(
                        "cross layers of two forms: cross[0]=%s, cross[%d]=%s; describe one form",
                        cross.getFirst().form(), i, cross.get(i).form());
            }
        }
    }

    private static void require(@Nullable Object value, String key, String example) {
        if (value == null) {
            throw MillraceException.badInput(
                    "model description without a part: key=%s; add it, as in %s", key, example);
        }
    }

    /** The forms of a cross layer, by what is named. */
    enum Form {
        FULL,
        LOW_RANK,
        MIXED
    }

    /**
     * Tensors of a dense layer.
     *
     * @param weight name of {@code [outputs, inputs]}.
     * @param bias name of {@code [outputs]}, or null for zeros.
     */
    public record DenseTensors(String weight, @Nullable String bias) {
        /** Validates. */
        public DenseTensors {
            require(weight, "weight", "\"deep.0.weight\"");
        }
    }

    /**
     * Tensors of a cross layer: {@code weight} alone, {@code u} and {@code v}, or {@code u}, {@code
     * v}, {@code c} and {@code gate}.
     *
     * @param weight name of {@code [d, d]}.
     * @param u name of {@code [d, r]}, of a mixture {@code [experts, d, r]}.
     * @param v as {@code u}.
     * @param c name of {@code [experts, r, r]}.
     * @param gate name of {@code [experts, d]}.
     * @param bias name of {@code [d]}, or null for zeros.
     */
    public record CrossTensors(
            @Nullable String weight,
            @Nullable String u,
            @Nullable String v,
            @Nullable String c,
            @Nullable String gate,
            @Nullable String bias) {
        /** Validates. */
        public CrossTensors {
            boolean isFull = weight != null && u == null && v == null && c == null && gate == null;
            boolean hasRank = weight == null && u != null && v != null;
            if (!isFull && !(hasRank && (c == null) == (gate == null))) {
                throw MillraceException.badInput(
                        "cross layer of no known form: weight=%s, u=%s, v=%s, c=%s, gate=%s; name"
                                + " weight, or u and v, or u, v, c and gate",
                        weight, u, v, c, gate);
            }
        }

        Form form() {
            return weight != null ? Form.FULL : c == null ? Form.LOW_RANK : Form.MIXED;
        }

        /** The name of a tensor that this layer's form has. */
        static String named(@Nullable String name) {
            return Objects.requireNonNull(name);
        }
    }

    /**
     * Reads a description.
     *
     * @param path the JSON file.
     * @return what it says.
     * @throws MillraceException when it is missing, not JSON, or says what cannot be.
     */
    public static NetworkDescription read(Path path) {
        return Json.read(path, NetworkDescription.class);
    }

    /**
     * Describes a variant in a file whose tensors have the usual names. A layer is there when any
     * of its tensors is, so that one that misses a tensor is not passed over.
     *
     * @param file the tensors.
     * @param variant which.
     * @return the description.
     */
    public static NetworkDescription ofVariant(SafetensorsFile file, DcnVariant variant) {
        List<CrossTensors> cross = new ArrayList<>();
        int layers = Math.max(1, layers(file, variant.crossName()));
        for (int layer = 0; layer < layers; layer++) {
            cross.add(crossTensors(variant, variant.crossName() + "." + layer));
        }
        List<DenseTensors> deep = new ArrayList<>();
        int deepLayers = layers(file, "deep");
        for (int layer = 0; layer < deepLayers; layer++) {
            deep.add(denseTensors("deep." + layer));
        }
        return new NetworkDescription(
                FORMAT, variant.structure(), cross, deep, denseTensors(variant.headName()));
    }

    private static CrossTensors crossTensors(DcnVariant variant, String name) {
        String bias = name + ".bias";
        return switch (variant) {
            case FULL_STACKED, FULL_PARALLEL ->
                    new CrossTensors(name + ".weight", null, null, null, null, bias);
            case LOWRANK_STACKED, LOWRANK_PARALLEL ->
                    new CrossTensors(null, name + ".U", name + ".V", null, null, bias);
            case MIX_STACKED, MIX_PARALLEL ->
                    new CrossTensors(
                            null, name + ".U", name + ".V", name + ".C", name + ".gate", bias);
        };
    }

    private static DenseTensors denseTensors(String name) {
        return new DenseTensors(name + ".weight", name + ".bias");
    }

    /** One more than the largest number behind a name. */
    private static int layers(SafetensorsFile file, String name) {
        int layers = 0;
        for (String tensor : file.names()) {
            String[] words = tensor.split("\\.", 3);
            if (words.length == 3 && words[0].equals(name) && words[1].matches("\\d{1,3}")) {
                layers = Math.max(layers, Integer.parseInt(words[1]) + 1);
            }
        }
        return layers;
    }
}
