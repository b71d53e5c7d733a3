package io.millrace.data.train.collaborative;

import java.util.List;

/**
 * What a factorisation did.
 *
 * @param pairs watched pairs of a user and an item.
 * @param losses what is minimised, by watched pair, after each sweep.
 * @param seconds wall time.
 */
public record AlsReport(int pairs, List<Double> losses, double seconds) {}
