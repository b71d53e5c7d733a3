package io.millrace.data.bundle;

import io.millrace.core.metrics.Figures;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

/**
 * The item halves of a ranker in a bundle.
 *
 * @param type how they are kept, or would be.
 * @param bytes memory that they take, or would take; 0 where there can be none.
 * @param loss what rounding costs; null where they were left out for their memory.
 */
public record HalvesReport(WeightType type, long bytes, @Nullable ScoreLoss loss) {
    /**
     * Adds these to the figures of a command.
     *
     * @param figures where to.
     * @param prefix what the keys begin with.
     */
    void addTo(Figures figures, String prefix) {
        if (bytes == 0) {
            return;
        }
        if (loss == null) {
            figures.put(prefix + "halves.left_out_bytes", bytes);
            return;
        }
        figures.put(prefix + "halves.type", type.label())
                .put(prefix + "halves.bytes", bytes)
                .put(prefix + "halves.logit_difference_max", loss.largest())
                .put(prefix + "halves.logit_difference_mean", loss.mean());
    }
}
