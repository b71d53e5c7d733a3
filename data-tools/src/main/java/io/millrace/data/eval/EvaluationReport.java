package io.millrace.data.eval;

import io.millrace.core.metrics.Figures;

/**
 * What was measured.
 *
 * @param figures the figures of {@code millrace eval}, by flat key.
 */
public record EvaluationReport(Figures figures) {}
