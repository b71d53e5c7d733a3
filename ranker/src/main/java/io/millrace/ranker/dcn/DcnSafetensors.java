package io.millrace.ranker.dcn;

import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.SafetensorsFile;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes a network of tensors that were trained elsewhere. Sizes are read from the file.
 *
 * <pre>
 *   cross.l.weight [d, d], cross.l.bias [d]                        full rank
 *   lowrank.l.U [d, r], lowrank.l.V [d, r], lowrank.l.bias [d]     W = U Vᵀ
 *   deep.i.weight [units, inputs], deep.i.bias [units]
 *   head.parallel.* [1, d + units], head.stacked.* [1, units]
 * </pre>
 *
 * <p>Threading: any thread.
 */
public final class DcnSafetensors {
    private DcnSafetensors() {}

    /**
     * Reads a network.
     *
     * @param file the tensors.
     * @param structure which head to take.
     * @param isLowRank which cross layers to take.
     * @return the network.
     * @throws io.millrace.core.error.MillraceException CORRUPT_FILE when a tensor is missing, not
     *     finite, or of a shape that does not fit the others.
     */
    public static DcnNetwork read(SafetensorsFile file, DcnStructure structure, boolean isLowRank) {
        String first = isLowRank ? "lowrank.0.U" : "cross.0.weight";
        int width = file.shape(first)[0];
        int rank = isLowRank ? lastOf(file.shape(first)) : 0;
        int layers = 0;
        while (file.names().contains((isLowRank ? "lowrank." : "cross.") + layers + ".bias")) {
            layers++;
        }
        List<Integer> deep = new ArrayList<>();
        while (file.names().contains("deep." + deep.size() + ".weight")) {
            deep.add(file.shape("deep." + deep.size() + ".weight")[0]);
        }
        DcnShape shape = new DcnShape(1, layers, rank, structure, deep);
        DcnNetwork network = new DcnNetwork(width, shape, 1);
        for (int layer = 0; layer < layers; layer++) {
            readCross(file, network.cross().get(layer), layer, width, rank);
        }
        for (int layer = 0; layer < deep.size(); layer++) {
            read(file, "deep." + layer, network.deep().get(layer));
        }
        boolean isStacked = structure == DcnStructure.STACKED;
        read(file, isStacked ? "head.stacked" : "head.parallel", network.head());
        return network;
    }

    private static void readCross(
            SafetensorsFile file, CrossLayer cross, int layer, int width, int rank) {
        if (rank == 0) {
            read(file, "cross." + layer, cross.first());
            return;
        }
        DenseLayer projection = cross.first();
        String name = "lowrank." + layer;
        float[] v = file.floats(name + ".V", width, rank);
        for (int row = 0; row < rank; row++) {
            for (int column = 0; column < width; column++) {
                projection.weights()[row * width + column] = v[column * rank + row];
            }
        }
        projection.repack();
        cross.last().set(file.floats(name + ".U", width, rank), file.floats(name + ".bias", width));
    }

    private static void read(SafetensorsFile file, String name, DenseLayer layer) {
        layer.set(
                file.floats(name + ".weight", layer.outputs(), layer.inputs()),
                file.floats(name + ".bias", layer.outputs()));
    }

    private static int lastOf(int[] shape) {
        return shape[shape.length - 1];
    }
}
