package io.millrace.data.train.dcn;

import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.MatrixView;
import io.millrace.data.train.optimise.DenseTrainer;

import java.util.ArrayList;
import java.util.List;

/**
 * Dense weights, cut into parts that may be learnt side by side after a batch went through.
 *
 * <p>Threading: filled by one thread; parts may be learnt side by side.
 */
final class WeightParts {
    /** Learns some weights. */
    interface Part {
        /**
         * Learns them from a batch.
         *
         * @param rows rows of the batch.
         * @param step decay rates and step size.
         */
        void learn(int rows, AdamStep step);
    }

    private final List<Part> parts = new ArrayList<>();

    /** Adds those of a layer. */
    void add(DenseTrainer trainer, MatrixView outputGradients, MatrixView inputs) {
        int inputCount = trainer.layer().inputs();
        for (int i = 0; i < trainer.parts(); i++) {
            int part = i;
            parts.add(
                    (rows, step) -> {
                        trainer.sum(part, outputGradients, inputs, inputCount, 0, rows);
                        trainer.apply(part, step);
                    });
        }
    }

    /** Adds others. */
    void add(Part part) {
        parts.add(part);
    }

    int count() {
        return parts.size();
    }

    void learn(int part, int rows, AdamStep step) {
        parts.get(part).learn(rows, step);
    }
}
