package io.millrace.ranker.model;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.simd.PackedMatrix;

import java.lang.foreign.MemorySegment;

/**
 * Where the layers of a network come from: zeros to be trained, or a model's file.
 *
 * <p>Threading: as the file.
 */
@FunctionalInterface
public interface LayerSource {
    /** Layers of zeros, whatever they are called. */
    LayerSource ZEROS = (weights, bias, outputs, inputs) -> new DenseLayer(outputs, inputs);

    /**
     * Layers of a file. Each is asked memory for only after the file was seen to hold as many
     * numbers, so no sizes that a file claims take more memory than is in proportion to it.
     *
     * @param file file of the model.
     * @return layers ready for the kernels; CORRUPT_FILE for one that is missing, of another shape,
     *     or holds a number that is not finite.
     */
    static LayerSource of(SectionFile file) {
        return (weights, bias, outputs, inputs) -> {
            long numbers = (long) outputs * inputs;
            Weights.section(file, weights, numbers * Float.BYTES);
            Weights.section(file, bias, (long) outputs * Float.BYTES);
            if (!PackedMatrix.isPossible(outputs, inputs)) {
                throw MillraceException.corrupt(
                        file.path(),
                        "a layer that can't be: tensor=%s, outputs=%d, inputs=%d",
                        weights,
                        outputs,
                        inputs);
            }
            DenseLayer layer = new DenseLayer(outputs, inputs);
            Weights.copy(file, weights, MemorySegment.ofArray(layer.weights()));
            Weights.copy(file, bias, MemorySegment.ofArray(layer.bias()));
            layer.repack();
            return layer;
        };
    }

    /**
     * A layer.
     *
     * @param weights what files call its weights.
     * @param bias what files call its bias.
     * @param outputs count of outputs.
     * @param inputs count of inputs.
     * @return a new one.
     */
    DenseLayer layer(String weights, String bias, int outputs, int inputs);
}
