package io.millrace.data.train;

import io.millrace.core.metrics.Figures;
import io.millrace.data.train.ranker.RankerTrainingReport;
import io.millrace.data.train.tower.TowerTrainingReport;

/**
 * What a training did.
 *
 * @param towers of the two towers.
 * @param ranker of the ranker.
 * @param light of the light ranker.
 * @param seconds wall time of all of it.
 */
public record TrainingReport(
        TowerTrainingReport towers,
        RankerTrainingReport ranker,
        RankerTrainingReport light,
        double seconds) {
    /**
     * The report as figures.
     *
     * @return seconds, and those of the parts under {@code towers.}, {@code ranker.} and {@code
     *     light.}.
     */
    public Figures figures() {
        return new Figures()
                .put("seconds", seconds)
                .putAll(towers.figures())
                .putAll(ranker.figures("ranker"))
                .putAll(light.figures("light"));
    }
}
