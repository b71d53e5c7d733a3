package io.millrace.index;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.thread.WorkCrew;
import io.millrace.index.graph.BatchPlan;
import io.millrace.index.graph.GraphConstruction;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.NodeLayout;
import io.millrace.index.graph.RowSpace;

/**
 * Builds an {@link HnswIndex}: in parallel, and bit for bit the same on any number of threads.
 *
 * <p>Threading: the calling thread and those it starts for the time of the call.
 */
public final class HnswBuilder {
    private static final int ROW_CHUNK = 256;

    private HnswBuilder() {}

    /**
     * Builds an index.
     *
     * @param vectors the rows, copied; finite numbers, and no zero vector under COSINE.
     * @param itemIds one distinct id per row.
     * @param parameters how to build.
     * @param progress told of every row.
     * @return the index, to be closed by the caller.
     * @throws MillraceException naming the row that can't be indexed.
     */
    public static HnswIndex build(
            VectorSet vectors,
            long[] itemIds,
            HnswParameters parameters,
            ProgressListener progress) {
        return build(vectors, itemIds, parameters, BatchPlan.DEFAULT, progress);
    }

    /** The same in batches of another size. */
    static HnswIndex build(
            VectorSet vectors,
            long[] itemIds,
            HnswParameters parameters,
            BatchPlan batches,
            ProgressListener progress) {
        if (itemIds.length != vectors.count()) {
            throw MillraceException.badInput(
                    "not one id per row: ids=%d, rows=%d; give as many ids as rows",
                    itemIds.length, vectors.count());
        }
        StoredForm form =
                StoredForm.choose(
                        parameters.metric(), vectors, parameters.layout() == GraphLayout.INLINED);
        NodeLayout layout = parameters.nodeLayout(form);
        GraphConstruction.Settings settings =
                new GraphConstruction.Settings(
                        layout, form.isDot(), parameters.efConstruction(), parameters.seed());
        ItemIds ids = ItemIds.copyOf(itemIds);
        try (WorkCrew crew = new WorkCrew(parameters.threads(), "build")) {
            GraphConstruction construction =
                    new GraphConstruction(settings, batches, vectors.count(), crew);
            GraphMemory memory = construction.memory();
            try {
                RowSpace space = memory.space(form.isDot());
                crew.run(
                        vectors.count(),
                        ROW_CHUNK,
                        (worker, from, to) -> storeRows(vectors, form, space, from, to));
                construction.build(progress);
                return new HnswIndex(form, parameters, memory, ids);
            } catch (RuntimeException | Error e) {
                memory.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            ids.close();
            throw e;
        }
    }

    private static void storeRows(
            VectorSet vectors, StoredForm form, RowSpace space, int from, int to) {
        float[] row = new float[space.paddedDimension()];
        for (int i = from; i < to; i++) {
            vectors.get(i, row, 0);
            form.toStored(row);
            space.write(i, row);
        }
    }
}
