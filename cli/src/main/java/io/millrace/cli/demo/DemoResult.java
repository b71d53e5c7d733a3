package io.millrace.cli.demo;

import io.millrace.cli.demo.WorkClock.Part;
import io.millrace.cli.report.ReportData.Example;
import io.millrace.core.metrics.Figures;
import io.millrace.data.eval.TenReport;
import io.millrace.data.train.TrainingReport;

import java.util.List;

/**
 * What a demo has shown.
 *
 * @param plan what was done.
 * @param dataset name of the data set.
 * @param training of the models.
 * @param evaluation figures of the bundle off line.
 * @param served load, checks and what the server measured.
 * @param judged how good the answers are.
 * @param examples some answers.
 * @param parts where the time went.
 * @param figures all figures.
 */
record DemoResult(
        DemoPlan plan,
        String dataset,
        TrainingReport training,
        Figures evaluation,
        ServedLoad served,
        TenReport judged,
        List<Example> examples,
        List<Part> parts,
        Figures figures) {

    /** Whether every answer was right. */
    boolean isGood() {
        return served.check().wrong() == 0
                && served.load().counts().errors() == 0
                && served.load().counts().malformed() == 0
                && served.load().counts().answered() > 0
                && !served.load().isPartial();
    }

    /** What is wrong, or that nothing is. */
    String verdict() {
        if (isGood()) {
            return "no answer was wrong";
        }
        if (served.check().wrong() > 0) {
            return "wrong answers: " + served.check().firstProblem();
        }
        return "requests without a right answer: "
                + served.load().firstFailure().orElse("none was answered");
    }
}
