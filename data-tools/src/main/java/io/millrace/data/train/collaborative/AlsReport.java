package io.millrace.data.train.collaborative;

import io.millrace.core.metrics.Figures;

import java.util.List;

/**
 * What a factorisation did.
 *
 * @param pairs watched pairs of a user and an item.
 * @param losses what is minimised, by watched pair, after each sweep.
 * @param seconds wall time.
 */
public record AlsReport(int pairs, List<Double> losses, double seconds) {
    /**
     * The report as figures.
     *
     * @return ials.pairs, ials.sweeps, ials.loss, ials.seconds.
     */
    public Figures figures() {
        return new Figures()
                .put("ials.pairs", pairs)
                .put("ials.sweeps", losses.size())
                .put("ials.loss", losses.getLast())
                .put("ials.seconds", seconds);
    }
}
