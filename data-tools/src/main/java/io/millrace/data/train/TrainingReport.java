package io.millrace.data.train;

import io.millrace.core.metrics.Figures;
import io.millrace.data.train.ranker.RankerTrainingReport;
import io.millrace.data.train.tower.TowerTrainingReport;

/**
 * What a training did.
 *
 * @param towers of the two towers.
 * @param ranker of the ranker.
 * @param seconds wall time of all of it.
 */
public record TrainingReport(
        TowerTrainingReport towers, RankerTrainingReport ranker, double seconds) {
    /**
     * The report as figures.
     *
     * @return seconds, and those of the parts under {@code towers.} and {@code ranker.}.
     */
    public Figures figures() {
        return new Figures()
                .put("seconds", seconds)
                .putAll(towers.figures())
                .putAll(ranker.figures());
    }
}
