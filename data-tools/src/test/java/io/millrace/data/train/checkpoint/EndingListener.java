package io.millrace.data.train.checkpoint;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

/** Ends a training within a batch: the loss is noted before the batch may be kept. */
final class EndingListener implements ProgressListener {
    private final int most;
    private int notes;
    private long steps;

    EndingListener(int most) {
        this.most = most;
    }

    int notes() {
        return notes;
    }

    long steps() {
        return steps;
    }

    @Override
    public Stage start(String name, long total) {
        return new Stage() {
            @Override
            public void advance(long count) {
                steps += name.startsWith("train") ? count : 0;
            }

            @Override
            public void note(String text) {
                notes += name.startsWith("train") ? 1 : 0;
                if (notes > most) {
                    throw MillraceException.of(ErrorCode.IO, "ended: notes=%d", most);
                }
            }

            @Override
            public void close() {}
        };
    }
}
