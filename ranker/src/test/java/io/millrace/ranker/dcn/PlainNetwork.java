package io.millrace.ranker.dcn;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.dcn.network.CrossLayer;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.dcn.network.FullCrossLayer;
import io.millrace.ranker.dcn.network.LowRankCrossLayer;
import io.millrace.ranker.dcn.network.MixedCrossLayer;
import io.millrace.ranker.model.DenseLayer;

/** The network as its paper writes it: plain loops in double precision. */
final class PlainNetwork {
    private PlainNetwork() {}

    /** Gives every bias that counts a value; projections and inner products have none. */
    static void fillBiases(DcnNetwork network, SplitRandom random) {
        network.cross().forEach(layer -> fill(layer.last().bias(), random));
        network.deep().forEach(layer -> fill(layer.bias(), random));
        fill(network.head().bias(), random);
    }

    private static void fill(float[] values, SplitRandom random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
    }

    static double logit(DcnNetwork network, double[] x0, int head) {
        double[] x = x0.clone();
        for (CrossLayer layer : network.cross()) {
            double[] u =
                    switch (layer) {
                        case FullCrossLayer full -> product(full.first(), x);
                        case LowRankCrossLayer lowRank ->
                                product(lowRank.last(), product(lowRank.first(), x));
                        case MixedCrossLayer mixed -> mixture(mixed, x);
                    };
            for (int i = 0; i < x.length; i++) {
                x[i] += x0[i] * u[i];
            }
        }
        boolean isStacked = network.shape().structure() == DcnStructure.STACKED;
        double[] h = isStacked ? x : x0;
        for (DenseLayer layer : network.deep()) {
            h = product(layer, h);
            for (int i = 0; i < h.length; i++) {
                h[i] = Math.max(0, h[i]);
            }
        }
        double[] top = h;
        if (network.deep().isEmpty()) {
            top = x;
        } else if (!isStacked) {
            top = new double[x.length + h.length];
            System.arraycopy(x, 0, top, 0, x.length);
            System.arraycopy(h, 0, top, x.length, h.length);
        }
        return product(network.head(), top)[head];
    }

    /** {@code Σₖ pₖ (Uₖ tanh(Cₖ tanh(Vₖᵀ x)) + b)}, expert by expert. */
    private static double[] mixture(MixedCrossLayer layer, double[] x) {
        int experts = layer.inner().size();
        int rank = layer.rank();
        double[] projected = product(layer.first(), x);
        double gates = 0;
        for (int expert = 0; expert < experts; expert++) {
            gates += Math.exp(projected[experts * rank + expert]);
        }
        double[] sum = new double[x.length];
        for (int expert = 0; expert < experts; expert++) {
            double share = Math.exp(projected[experts * rank + expert]) / gates;
            double[] v = new double[rank];
            for (int i = 0; i < rank; i++) {
                v[i] = Math.tanh(projected[expert * rank + i]);
            }
            double[] c = product(layer.inner().get(expert), v);
            for (int i = 0; i < x.length; i++) {
                double u = layer.last().bias()[i];
                for (int j = 0; j < rank; j++) {
                    int at = i * experts * rank + expert * rank + j;
                    u += layer.last().weights()[at] * Math.tanh(c[j]);
                }
                sum[i] += share * u;
            }
        }
        return sum;
    }

    private static double[] product(DenseLayer layer, double[] x) {
        double[] y = new double[layer.outputs()];
        for (int i = 0; i < y.length; i++) {
            y[i] = layer.bias()[i];
            for (int j = 0; j < x.length; j++) {
                y[i] += layer.weights()[i * layer.inputs() + j] * x[j];
            }
        }
        return y;
    }
}
