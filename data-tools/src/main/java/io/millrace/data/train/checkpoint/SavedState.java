package io.millrace.data.train.checkpoint;

import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * Writes the parts of a training into a file, as long as their numbers are finite.
 *
 * <p>Threading: one thread.
 */
final class SavedState implements TrainingState {
    private final SectionFileWriter writer;
    private boolean isFinite = true;

    SavedState(SectionFileWriter writer) {
        this.writer = writer;
    }

    /** Whether nothing was met that no training could go on from. */
    boolean isFinite() {
        return isFinite;
    }

    @Override
    public void part(String name, MemorySegment memory) {
        if (isFinite) {
            writer.section(name, memory);
        }
    }

    @Override
    public void floats(String name, MemorySegment memory) {
        // Whatever is infinite or no number makes the sum of all times zero no number.
        float sum = 0;
        for (long at = 0; at < memory.byteSize(); at += Float.BYTES) {
            sum += 0 * memory.get(RowLayout.FLOAT, at);
        }
        isFinite &= !Float.isNaN(sum);
        part(name, memory);
    }
}
