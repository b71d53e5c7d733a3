package io.millrace.cli.progress;

import io.millrace.core.progress.ProgressListener;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Progress for people at a terminal: a bar while a stage lasts, and one line of it when it has
 * ended.
 *
 * <p>Threading: a stage may be advanced by many threads.
 */
final class BarProgress implements ProgressListener {
    private static final int UPDATE_MS = 200;

    private final PrintWriter err;

    BarProgress(PrintWriter err) {
        this.err = err;
    }

    @Override
    public Stage start(String name, long total) {
        return new BarStage(name, total);
    }

    private static ProgressBarStyle style() {
        Charset charset = System.err.charset();
        return charset.equals(StandardCharsets.UTF_8)
                ? ProgressBarStyle.COLORFUL_UNICODE_BAR
                : ProgressBarStyle.ASCII;
    }

    private final class BarStage implements Stage {
        private final StageLine line;
        private final ProgressBar bar;
        private volatile String note = "";

        BarStage(String name, long total) {
            line = new StageLine(name, total);
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(name)
                            .setInitialMax(total)
                            .setStyle(style())
                            .setUpdateIntervalMillis(UPDATE_MS)
                            .clearDisplayOnFinish()
                            .build();
        }

        @Override
        public void advance(long steps) {
            bar.stepBy(steps);
        }

        @Override
        public void note(String text) {
            note = text;
            bar.setExtraMessage(text);
        }

        @Override
        public void close() {
            bar.close();
            err.println(line.ended(bar.getCurrent(), note));
        }
    }
}
