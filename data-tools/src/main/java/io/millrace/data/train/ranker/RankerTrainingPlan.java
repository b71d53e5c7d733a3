package io.millrace.data.train.ranker;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.network.DcnShape;

/**
 * How to train the ranker.
 *
 * @param shape sizes of the ranker.
 * @param epochs passes over the impressions; ids are learnt by heart after the first.
 * @param stopsEarly whether those are the most passes, and how many are made is chosen by the last
 *     day, see {@link EarlyStopping}.
 * @param batch impressions of a step.
 * @param learningRate step size at the start; falls in a straight line to a fiftieth.
 * @param l2 multiple of an embedding that is added to its gradient.
 * @param dropout share of the deep part's units that are dropped in a step.
 * @param weights weights of the losses of the labels.
 * @param teachers how many rankers are trained of whose mean the one that is wanted learns; 0 lets
 *     it learn from what came of the impressions.
 * @param matchDimension components of the fixed vectors that tell how like an item those of the
 *     user's sequences are; 0 leaves that out.
 * @param isLastDayHeldOut whether the last day is not learnt from but reported on, as is needed to
 *     choose between plans; what is to be used learns from all days.
 * @param seed seed of weights and order.
 * @param threads how many threads; does not change the result.
 */
public record RankerTrainingPlan(
        DcnShape shape,
        int epochs,
        boolean stopsEarly,
        int batch,
        float learningRate,
        float l2,
        float dropout,
        LabelWeights weights,
        int teachers,
        int matchDimension,
        boolean isLastDayHeldOut,
        long seed,
        int threads) {
    private static final long MANY_EVENTS = 400_000;
    private static final int SMALL_BATCH = 128;
    private static final int LARGE_BATCH = 1_024;
    private static final float LEARNING_RATE = 3e-3f;
    private static final float SMALL_L2 = 3e-5f;
    private static final float DROPOUT = 0.1f;
    private static final int MOST_TEACHERS = 64;
    private static final int STUDENT_PASSES = 3;
    private static final int MATCH_DIMENSION = 64;
    private static final int MOST_MATCH_DIMENSION = 1_024;

    /** Validates. */
    public RankerTrainingPlan {
        check("passes", epochs, 1, 1_000);
        if (stopsEarly && epochs == 1) {
            throw MillraceException.usage(
                    "nothing to stop early: passes=1; say with --passes how many there may be");
        }
        check("ranker-batch", batch, 16, 65_536);
        check("threads", threads, 1, 1_024);
        check("ensemble", teachers, 0, MOST_TEACHERS);
        check("match-dimension", matchDimension, 0, MOST_MATCH_DIMENSION);
        if (!(dropout >= 0) || dropout >= 1) {
            throw MillraceException.usage(
                    "bad dropout: --ranker-dropout %s; choose 0 <= dropout < 1", dropout);
        }
        if (!(learningRate > 0) || learningRate > 1 || !(l2 >= 0)) {
            throw MillraceException.usage(
                    "bad learning rate or l2: --ranker-rate %s, --ranker-l2 %s; choose 0 < rate <="
                            + " 1, l2 >= 0",
                    learningRate, l2);
        }
    }

    /**
     * A plan that suits the size of a data set: small steps over few impressions, large ones over
     * many.
     *
     * @param events count of impressions.
     * @param seed seed of weights and order.
     * @param threads how many threads.
     * @return the plan.
     */
    public static RankerTrainingPlan defaults(long events, long seed, int threads) {
        boolean isLarge = events >= MANY_EVENTS;
        return new RankerTrainingPlan(
                DcnShape.DEFAULT,
                1,
                false,
                isLarge ? LARGE_BATCH : SMALL_BATCH,
                LEARNING_RATE,
                isLarge ? 0 : SMALL_L2,
                DROPOUT,
                LabelWeights.DEFAULT,
                0,
                MATCH_DIMENSION,
                false,
                seed,
                threads);
    }

    /**
     * The same of another shape.
     *
     * @param value sizes of the ranker.
     * @return a copy.
     */
    public RankerTrainingPlan withShape(DcnShape value) {
        return with(
                value,
                epochs,
                stopsEarly,
                weights,
                teachers,
                matchDimension,
                isLastDayHeldOut,
                seed);
    }

    /**
     * The same with other weights of the losses.
     *
     * @param value weights of the losses.
     * @return a copy.
     */
    public RankerTrainingPlan withWeights(LabelWeights value) {
        return with(
                shape, epochs, stopsEarly, value, teachers, matchDimension, isLastDayHeldOut, seed);
    }

    /**
     * The same with teachers.
     *
     * @param value how many; 0 for none.
     * @return a copy.
     */
    public RankerTrainingPlan withTeachers(int value) {
        return with(
                shape, epochs, stopsEarly, weights, value, matchDimension, isLastDayHeldOut, seed);
    }

    /**
     * The same with other vectors of the items.
     *
     * @param value their components; 0 for none.
     * @return a copy.
     */
    public RankerTrainingPlan withMatchDimension(int value) {
        return with(shape, epochs, stopsEarly, weights, teachers, value, isLastDayHeldOut, seed);
    }

    /**
     * The same with the last day held out.
     *
     * @return a copy.
     */
    public RankerTrainingPlan withLastDayHeldOut() {
        return with(shape, epochs, stopsEarly, weights, teachers, matchDimension, true, seed);
    }

    /**
     * The same with other passes.
     *
     * @param passes how many, or the most.
     * @param areMost whether fewer may be chosen by the last day.
     * @return a copy.
     */
    public RankerTrainingPlan withPasses(int passes, boolean areMost) {
        return with(
                shape, passes, areMost, weights, teachers, matchDimension, isLastDayHeldOut, seed);
    }

    /**
     * The same with other steps.
     *
     * @param newBatch impressions of a step.
     * @param newRate step size at the start.
     * @param newL2 multiple of an embedding that is added to its gradient.
     * @param newDropout share of the deep part's units that are dropped in a step.
     * @return a copy.
     */
    public RankerTrainingPlan withSteps(
            int newBatch, float newRate, float newL2, float newDropout) {
        return new RankerTrainingPlan(
                shape,
                epochs,
                stopsEarly,
                newBatch,
                newRate,
                newL2,
                newDropout,
                weights,
                teachers,
                matchDimension,
                isLastDayHeldOut,
                seed,
                threads);
    }

    /** The same when so many passes were chosen. */
    RankerTrainingPlan ofPasses(int passes) {
        return withPasses(passes, false);
    }

    /** What a teacher learns by. */
    RankerTrainingPlan ofTeacher(long teacherSeed) {
        return with(
                shape,
                epochs,
                stopsEarly,
                weights,
                0,
                matchDimension,
                isLastDayHeldOut,
                teacherSeed);
    }

    /** What the student learns by: their mean is no label that could be learnt by heart. */
    RankerTrainingPlan ofStudent() {
        return with(
                shape,
                STUDENT_PASSES * epochs,
                false,
                weights,
                0,
                matchDimension,
                isLastDayHeldOut,
                seed);
    }

    private RankerTrainingPlan with(
            DcnShape newShape,
            int newEpochs,
            boolean newStopsEarly,
            LabelWeights newWeights,
            int newTeachers,
            int newMatchDimension,
            boolean newHeldOut,
            long newSeed) {
        return new RankerTrainingPlan(
                newShape,
                newEpochs,
                newStopsEarly,
                batch,
                learningRate,
                l2,
                dropout,
                newWeights,
                newTeachers,
                newMatchDimension,
                newHeldOut,
                newSeed,
                threads);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw MillraceException.usage(
                    "cannot train: %s=%d, least=%d, most=%d; change --%s",
                    name, value, least, most, name);
        }
    }
}
