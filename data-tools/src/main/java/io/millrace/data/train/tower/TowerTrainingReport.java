package io.millrace.data.train.tower;

import io.millrace.core.metrics.Figures;

import java.util.List;

/**
 * What the training of the towers did.
 *
 * @param positives positives it saw, over all epochs.
 * @param losses mean loss of each epoch.
 * @param temperature τ at the end.
 * @param seconds wall time.
 */
public record TowerTrainingReport(
        long positives, List<Double> losses, double temperature, double seconds) {
    /**
     * The report as figures.
     *
     * @return towers.positives, towers.epochs, towers.loss, towers.temperature, towers.seconds.
     */
    public Figures figures() {
        return new Figures()
                .put("towers.positives", positives)
                .put("towers.epochs", losses.size())
                .put("towers.loss", losses.getLast())
                .put("towers.temperature", temperature)
                .put("towers.seconds", seconds);
    }
}
