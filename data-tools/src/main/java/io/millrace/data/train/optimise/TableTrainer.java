package io.millrace.data.train.optimise;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.checkpoint.TrainingState;
import io.millrace.ranker.model.EmbeddingTable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gradients and optimiser state of one embedding table. Only the rows a batch touches are summed
 * and changed; what a running mean would have lost in between is made up for when a row is touched
 * again.
 *
 * <p>Threading: one thread at a time.
 */
public final class TableTrainer implements AutoCloseable {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();
    private static final int FIRST_CAPACITY = 1_024;

    private final EmbeddingTable table;
    private final int dimension;
    private final int part;
    private final int parts;
    private final DirectMemory squares;
    private final int[] lastStep;
    private final int[] slotOf;
    private int[] ids = new int[FIRST_CAPACITY];
    private float[] gradients;
    private int count;

    /**
     * Nothing learnt yet.
     *
     * @param table the table to be trained.
     */
    public TableTrainer(EmbeddingTable table) {
        this(
                table,
                0,
                1,
                DirectMemory.allocate((long) table.rows() * table.dimension() * Float.BYTES),
                new int[table.rows()],
                new int[table.rows()]);
        Arrays.fill(slotOf, -1);
    }

    private TableTrainer(
            EmbeddingTable table,
            int part,
            int parts,
            DirectMemory squares,
            int[] lastStep,
            int[] slotOf) {
        this.table = table;
        this.dimension = table.dimension();
        this.part = part;
        this.parts = parts;
        this.squares = squares;
        this.lastStep = lastStep;
        this.slotOf = slotOf;
        this.gradients = new float[FIRST_CAPACITY * dimension];
    }

    /**
     * Trainers that share a table: each has the ids that leave its own rest, and they may work side
     * by side. How many there are does not change what is learnt.
     *
     * @param table the table to be trained.
     * @param parts how many.
     * @return the trainers; closing one closes all.
     */
    public static List<TableTrainer> inParts(EmbeddingTable table, int parts) {
        TableTrainer whole = new TableTrainer(table);
        List<TableTrainer> result = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            result.add(
                    new TableTrainer(
                            table, part, parts, whole.squares, whole.lastStep, whole.slotOf));
        }
        return result;
    }

    /**
     * Whether a row is this trainer's.
     *
     * @param id the row.
     * @return true when {@link #add} may be called for it.
     */
    public boolean owns(int id) {
        return parts == 1 || id % parts == part;
    }

    /**
     * Adds to the gradient of a row.
     *
     * @param id the row.
     * @param scale what the gradient is multiplied by.
     * @param gradient where it stands.
     * @param at index of its first float.
     */
    public void add(int id, float scale, float[] gradient, int at) {
        int slot = slotOf[id];
        if (slot < 0) {
            slot = count++;
            if (slot == ids.length) {
                ids = Arrays.copyOf(ids, slot * 2);
                gradients = Arrays.copyOf(gradients, slot * 2 * dimension);
            }
            slotOf[id] = slot;
            ids[slot] = id;
            Arrays.fill(gradients, slot * dimension, (slot + 1) * dimension, 0);
        }
        VECTORS.addScaled(scale, gradient, at, gradients, slot * dimension, dimension);
    }

    /**
     * Changes the touched rows and forgets the gradients.
     *
     * @param step decay rates and step size.
     * @param stepNumber number of the step, from 1.
     * @param l2 multiple of a weight that is added to its gradient.
     */
    public void apply(AdamStep step, int stepNumber, float l2) {
        MemorySegment weights = table.segment();
        for (int slot = 0; slot < count; slot++) {
            int id = ids[slot];
            float decay = (float) Math.pow(step.squareDecay(), stepNumber - lastStep[id]);
            ELEMENTS.adaptRow(
                    weights,
                    squares.segment(),
                    table.offset(id),
                    dimension,
                    gradients,
                    slot * dimension,
                    decay,
                    l2,
                    step);
            lastStep[id] = stepNumber;
            slotOf[id] = -1;
        }
        count = 0;
    }

    /**
     * All that is to be kept of the table and of how it was learnt. Of trainers that share a table,
     * the first has it all.
     *
     * @param state told of each part.
     * @param name name of the table; with up to 8 characters to come.
     */
    public void walk(TrainingState state, String name) {
        if (part > 0) {
            return;
        }
        state.floats(name + ".weights", table.segment());
        state.floats(name + ".squares", squares.segment());
        state.part(name + ".steps", MemorySegment.ofArray(lastStep));
    }

    /**
     * Whether a row was ever changed.
     *
     * @param id the row.
     * @return true when a batch touched it.
     */
    public boolean isTouched(int id) {
        return lastStep[id] > 0;
    }

    /**
     * The table that is trained.
     *
     * @return the live table.
     */
    public EmbeddingTable table() {
        return table;
    }

    @Override
    public void close() {
        squares.close();
    }
}
