package io.millrace.data.simulate;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes a log of shown ads in the form of Criteo's, with the law in {@link ClickLogLaw}. The same
 * seed gives the same bytes; the rows of a shorter log are the first ones of a longer.
 *
 * <p>Threading: the calling thread.
 */
public final class ClickLogSimulator {
    private static final int PROGRESS_ROWS = 1_000;

    private ClickLogSimulator() {}

    /**
     * Simulates.
     *
     * @param plan how much, and from which seed.
     * @param target file to write; what was there is replaced.
     * @param progress told how far it is.
     * @return rows, click_rate.
     * @throws MillraceException when the file cannot be written; what was there is untouched then.
     */
    public static Figures run(ClickLogPlan plan, Path target, ProgressListener progress) {
        ClickLogLaw law = new ClickLogLaw(plan.seed());
        ClickLogLaw.Row row = new ClickLogLaw.Row();
        SplitRandom random = SplitRandom.forStream(plan.seed(), 0);
        StringBuilder line = new StringBuilder();
        long[] clicks = {0};
        try (ProgressListener.Stage stage = progress.start("draw impressions", plan.rows())) {
            AtomicFile.write(
                    target,
                    out -> {
                        for (long i = 1; i <= plan.rows(); i++) {
                            law.drawInto(row, random);
                            clicks[0] += row.isClick ? 1 : 0;
                            line.setLength(0);
                            append(row, law, line);
                            out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
                            if (i % PROGRESS_ROWS == 0 || i == plan.rows()) {
                                stage.advance((i - 1) % PROGRESS_ROWS + 1);
                            }
                        }
                    });
        }
        return new Figures()
                .put("rows", plan.rows())
                .put("click_rate", (double) clicks[0] / plan.rows());
    }

    private static void append(ClickLogLaw.Row row, ClickLogLaw law, StringBuilder line) {
        line.append(row.isClick ? '1' : '0');
        for (int number : row.numbers) {
            line.append('\t');
            if (number != ClickLogLaw.MISSING) {
                line.append(number);
            }
        }
        for (int column = 0; column < row.categories.length; column++) {
            line.append('\t');
            if (row.categories[column] != ClickLogLaw.MISSING) {
                line.append(law.text(column, row.categories[column]));
            }
        }
        line.append('\n');
    }
}
