package io.millrace.data.train.checkpoint;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.ranker.model.Weights;

import java.lang.foreign.MemorySegment;

/**
 * Fills the parts of a training from a file.
 *
 * <p>Threading: one thread.
 */
final class RestoredState implements TrainingState {
    private final SectionFile file;

    RestoredState(SectionFile file) {
        this.file = file;
    }

    @Override
    public void part(String name, MemorySegment memory) {
        MemorySegment section = file.section(name);
        if (section.byteSize() != memory.byteSize()) {
            throw MillraceException.corrupt(
                    file.path(),
                    "part of another length: part=%s, length=%d bytes, expected=%d",
                    name,
                    section.byteSize(),
                    memory.byteSize());
        }
        memory.copyFrom(section);
    }

    @Override
    public void floats(String name, MemorySegment memory) {
        Weights.copy(file, name, memory);
    }
}
