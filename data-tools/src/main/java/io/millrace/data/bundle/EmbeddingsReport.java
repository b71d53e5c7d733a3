package io.millrace.data.bundle;

import io.millrace.core.metrics.Figures;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

/**
 * The embeddings of the models in a bundle.
 *
 * @param type how they are kept.
 * @param ranker those of the ranker; what is lost of click logits.
 * @param light those of the light ranker, null where there is none; what is lost of click logits.
 * @param towers those of the towers; what is lost of the cosines of users and items.
 */
public record EmbeddingsReport(WeightType type, Part ranker, @Nullable Part light, Part towers) {
    /**
     * The embeddings of a model.
     *
     * @param bytes memory that they take.
     * @param loss what rounding costs.
     */
    public record Part(long bytes, ScoreLoss loss) {
        private void addTo(Figures figures, String prefix, String score) {
            figures.put(prefix + "embeddings.bytes", bytes)
                    .put(prefix + "embeddings." + score + "_difference_max", loss.largest())
                    .put(prefix + "embeddings." + score + "_difference_mean", loss.mean());
        }
    }

    /**
     * Adds these to the figures of a command.
     *
     * @param figures where to.
     */
    void addTo(Figures figures) {
        figures.put("embeddings.type", type.label());
        ranker.addTo(figures, "", "logit");
        if (light != null) {
            light.addTo(figures, "light.", "logit");
        }
        towers.addTo(figures, "towers.", "cosine");
    }
}
