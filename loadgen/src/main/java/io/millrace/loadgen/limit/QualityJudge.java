package io.millrace.loadgen.limit;

import io.millrace.loadgen.report.LoadReport;

/**
 * Tells how good the answers of a run are.
 *
 * <p>Threading: one thread.
 */
@FunctionalInterface
public interface QualityJudge {
    /** Judges nothing. */
    QualityJudge NONE = report -> AnswerQuality.UNJUDGED;

    /**
     * Judges the answers that a run kept. May ask the server more while nothing else loads it.
     *
     * @param report of the run.
     * @return how good they are.
     */
    AnswerQuality judge(LoadReport report);
}
