package io.millrace.data.train.collaborative;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.factors.FactorSettings;
import io.millrace.ranker.factors.Gram;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.factors.RowSolver;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * Factorises who watched what. A sweep improves the vectors of all users, those of the items being
 * given, and then those of all items; each by a few steps from where it stands, so no sweep makes
 * the loss larger.
 *
 * <p>Threading: one trainer, one caller; works on a pool of its own.
 */
public final class AlsTrainer {
    private static final VectorKernels VECTORS = Kernels.vector();

    /** Of a vector that has been near its place since the last sweep (Takács et al., section 4). */
    private static final int STEPS = 3;

    /** Vectors one task improves; enough that tasks cost nothing, few enough to share them out. */
    private static final int BLOCK = 64;

    private static final double FIRST_LENGTH = 0.1;

    private final WatchMatrix byUser;
    private final WatchMatrix byItem;
    private final FactorSettings settings;
    private final AlsPlan plan;
    private final float[] users;
    private final float[] items;

    private AlsTrainer(WatchMatrix byUser, int itemCount, AlsPlan plan) {
        this.byUser = byUser;
        this.byItem = byUser.transposed(itemCount);
        this.plan = plan;
        this.settings = plan.settings();
        this.users = new float[Math.multiplyExact(byUser.rows(), settings.dimension())];
        this.items = new float[Math.multiplyExact(itemCount, settings.dimension())];
        double deviation = FIRST_LENGTH / Math.sqrt(settings.dimension());
        SplitRandom random = new SplitRandom(plan.seed());
        for (int i = 0; i < items.length; i++) {
            items[i] = (float) (deviation * random.nextGaussian());
        }
    }

    /**
     * Factorises the histories of a data set.
     *
     * @param dataset whose histories are learnt from.
     * @param plan how.
     * @param progress told how far it is, with the loss.
     * @return the factors and what was done.
     * @throws MillraceException BAD_INPUT when nobody has watched anything, INTERNAL when the loss
     *     is no number any more.
     */
    public static Trained train(Dataset dataset, AlsPlan plan, ProgressListener progress) {
        WatchMatrix byUser = WatchMatrix.weighed(dataset, plan.settings().longWeight());
        if (byUser.pairs() == 0) {
            throw MillraceException.badInput(
                    "nothing was watched, so there is nothing to factorise: users=%d",
                    byUser.rows());
        }
        AlsTrainer trainer = new AlsTrainer(byUser, dataset.items().count(), plan);
        try (ForkJoinPool pool = new ForkJoinPool(plan.threads())) {
            return pool.submit(() -> trainer.run(progress)).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MillraceException own) {
                throw own;
            }
            throw new MillraceException(ErrorCode.INTERNAL, "factorisation failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(ErrorCode.INTERNAL, "factorisation was interrupted", e);
        }
    }

    /**
     * Factors and the report of their training.
     *
     * @param factors the factors.
     * @param report what was done.
     */
    public record Trained(ItemFactors factors, AlsReport report) {}

    private Trained run(ProgressListener progress) {
        long startNs = System.nanoTime();
        List<Double> losses = new ArrayList<>();
        long rows = (long) byUser.rows() + byItem.rows();
        try (ProgressListener.Stage stage = progress.start("factorise", plan.sweeps() * rows)) {
            for (int sweep = 1; sweep <= plan.sweeps(); sweep++) {
                improve(byUser, users, items, stage);
                improve(byItem, items, users, stage);
                double loss = loss();
                if (!Double.isFinite(loss)) {
                    throw MillraceException.of(
                            ErrorCode.INTERNAL,
                            "loss of the factors is no number: sweep=%d, loss=%s; raise the"
                                    + " regularisation",
                            sweep,
                            loss);
                }
                losses.add(loss);
                stage.note(String.format("sweep %d loss %.4f", sweep, loss));
            }
        }
        return new Trained(
                new ItemFactors(settings, items),
                new AlsReport(byUser.pairs(), losses, (System.nanoTime() - startNs) / 1e9));
    }

    /** Improves all vectors of one side. */
    private void improve(
            WatchMatrix watched, float[] vectors, float[] others, ProgressListener.Stage stage) {
        int dimension = settings.dimension();
        int otherCount = others.length / dimension;
        float[] gram = Gram.of(others, dimension, settings.unwatchedWeight());
        IntStream.range(0, Math.ceilDiv(watched.rows(), BLOCK))
                .parallel()
                .forEach(
                        block -> {
                            int end = Math.min(watched.rows(), (block + 1) * BLOCK);
                            RowSolver solver = new RowSolver(dimension);
                            for (int row = block * BLOCK; row < end; row++) {
                                solver.solve(
                                        others,
                                        gram,
                                        watched.columns(),
                                        watched.weights(),
                                        watched.starts()[row],
                                        watched.starts()[row + 1],
                                        settings.ridge(watched.count(row), otherCount),
                                        STEPS,
                                        vectors,
                                        row * dimension);
                            }
                            stage.advance(end - block * BLOCK);
                        });
    }

    /** What is minimised, by watched pair; see the package of the factors. */
    private double loss() {
        int dimension = settings.dimension();
        double sum = cost(byUser, users, byItem.rows()) + cost(byItem, items, byUser.rows());
        for (int user = 0; user < byUser.rows(); user++) {
            for (int i = byUser.starts()[user]; i < byUser.starts()[user + 1]; i++) {
                int item = byUser.columns()[i] * dimension;
                double missing = 1 - VECTORS.dot(users, user * dimension, items, item, dimension);
                sum += byUser.weights()[i] * missing * missing;
            }
        }
        // The squares of all products sum up to the product of the two matrices.
        float[] ofUsers = Gram.of(users, dimension, settings.unwatchedWeight());
        float[] ofItems = Gram.of(items, dimension, 1);
        for (int row = 0; row < dimension; row++) {
            sum += VECTORS.dot(ofUsers, row * dimension, ofItems, row * dimension, dimension);
        }
        return sum / byUser.pairs();
    }

    /** What the lengths of the vectors of one side cost. */
    private double cost(WatchMatrix watched, float[] vectors, int otherCount) {
        int dimension = settings.dimension();
        double sum = 0;
        for (int row = 0; row < watched.rows(); row++) {
            int at = row * dimension;
            double squares = VECTORS.dot(vectors, at, vectors, at, dimension);
            sum += settings.ridge(watched.count(row), otherCount) * squares;
        }
        return sum;
    }
}
