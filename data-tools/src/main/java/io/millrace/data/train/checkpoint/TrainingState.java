package io.millrace.data.train.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * What a trainer walks over its memory with: all that it needs to go on, each part under a name of
 * its own. Whether the parts are being saved or restored is not the trainer's business; what it
 * derives from them, such as packed weights, it derives again after the walk.
 *
 * <p>Threading: one thread, between two steps.
 */
public interface TrainingState {
    /**
     * A part of any kind.
     *
     * @param name at most 24 ASCII characters, unique in the training.
     * @param memory live memory; of the same length whenever the training is at the same step.
     */
    void part(String name, MemorySegment memory);

    /**
     * A part of single-precision numbers, which must be finite to be worth keeping.
     *
     * @param name at most 24 ASCII characters, unique in the training.
     * @param memory live memory.
     */
    void floats(String name, MemorySegment memory);

    /**
     * A part of single-precision numbers, which must be finite to be worth keeping.
     *
     * @param name at most 24 ASCII characters, unique in the training.
     * @param values live numbers.
     */
    default void floats(String name, float[] values) {
        floats(name, MemorySegment.ofArray(values));
    }

    /** What has such a state. */
    interface Walk {
        /**
         * Walks over all parts, always in the same order.
         *
         * @param state told of each.
         */
        void over(TrainingState state);
    }
}
