package io.millrace.data.train.ranker;

import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.EmbeddingTable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The ranker as its paper writes it, in double precision, over a copy of a model's weights. */
final class PlainDcn {
    private final ImpressionWorld world;
    private final DcnModel model;
    private final ImpressionBatch batch;
    private final float[] pulls;
    private final Map<String, double[]> tables = new HashMap<>();
    private final List<double[]> layers = new ArrayList<>();
    private final double[] logScale;

    /** Over the rows of a batch, each logit of which is pulled so hard. */
    PlainDcn(ImpressionWorld world, DcnModel model, ImpressionBatch batch, float[] pulls) {
        this.world = world;
        this.model = model;
        this.batch = batch;
        this.pulls = pulls;
        model.input().tables().forEach((name, table) -> tables.put(name, wide(values(table))));
        logScale = wide(model.input().attentions().getFirst().logScale());
        for (DenseLayer layer : model.network().layers()) {
            layers.add(wide(layer.weights()));
            layers.add(wide(layer.bias()));
        }
    }

    /** Live weights, then bias, of each layer. */
    List<double[]> layers() {
        return layers;
    }

    /** Live logarithm of the scale of the attention. */
    double[] logScale() {
        return logScale;
    }

    /** Live embeddings. */
    double[] table(String name) {
        return tables.getOrDefault(name, new double[0]);
    }

    /** The sum of all logits, each times its pull. */
    double pull() {
        double sum = 0;
        for (int row = 0; row < batch.rows(); row++) {
            double[] logits = logits(row);
            sum += pulls[2 * row] * logits[0] + pulls[2 * row + 1] * logits[1];
        }
        return sum;
    }

    double logit(int row, int head) {
        return logits(row)[head];
    }

    private double[] logits(int row) {
        double[] x0 = input(row);
        double[] x = x0;
        int next = 0;
        int rank = model.shape().rank();
        int experts = model.shape().experts();
        for (int layer = 0; layer < model.shape().crossLayers(); layer++) {
            double[] through = rank == 0 ? x : product(next++, x);
            if (experts > 0) {
                through = mixture(through, next, rank, experts);
                next += experts;
            }
            double[] u = product(next++, through);
            double[] y = new double[x.length];
            for (int i = 0; i < y.length; i++) {
                y[i] = x0[i] * u[i] + x[i];
            }
            x = y;
        }
        boolean isStacked = model.shape().structure() == DcnStructure.STACKED;
        double[] h = isStacked ? x : x0;
        for (int layer = 0; layer < model.shape().deep().size(); layer++) {
            h = product(next++, h);
            for (int i = 0; i < h.length; i++) {
                h[i] = Math.max(0, h[i]);
            }
        }
        if (model.shape().deep().isEmpty()) {
            return product(next, x);
        }
        double[] top = isStacked ? h : new double[x.length + h.length];
        if (!isStacked) {
            System.arraycopy(x, 0, top, 0, x.length);
            System.arraycopy(h, 0, top, x.length, h.length);
        }
        return product(next, top);
    }

    /** What the experts give, each times its share, side by side. */
    private double[] mixture(double[] projected, int firstInner, int rank, int experts) {
        double sum = 0;
        for (int expert = 0; expert < experts; expert++) {
            sum += Math.exp(projected[experts * rank + expert]);
        }
        double[] mixed = new double[experts * rank];
        for (int expert = 0; expert < experts; expert++) {
            double share = Math.exp(projected[experts * rank + expert]) / sum;
            double[] t = new double[rank];
            for (int i = 0; i < rank; i++) {
                t[i] = Math.tanh(projected[expert * rank + i]);
            }
            double[] z = product(firstInner + expert, t);
            for (int i = 0; i < rank; i++) {
                mixed[expert * rank + i] = share * Math.tanh(z[i]);
            }
        }
        return mixed;
    }

    private double[] input(int row) {
        int group = 0;
        while (batch.groupStart(group + 1) <= row) {
            group++;
        }
        List<Double> input =
                world.input(
                        tables,
                        Math.exp(logScale[0]),
                        model.shape().embedding(),
                        (int) batch.event(row),
                        batch.isUserAnonymous(group),
                        batch.isItemAnonymous(row));
        double[] x = new double[model.input().width()];
        for (int i = 0; i < input.size(); i++) {
            x[i] = input.get(i);
        }
        return x;
    }

    private double[] product(int layer, double[] x) {
        double[] weights = layers.get(2 * layer);
        double[] y = layers.get(2 * layer + 1).clone();
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < x.length; j++) {
                y[i] += weights[i * x.length + j] * x[j];
            }
        }
        return y;
    }

    /** A copy of a table. */
    static float[] values(EmbeddingTable table) {
        return table.segment().toArray(RowLayout.FLOAT);
    }

    private static double[] wide(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
