package io.millrace.data.train;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.ranker.LabelWeights;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.data.train.tower.TowerTrainingPlan;
import io.millrace.ranker.dcn.LightRanker;
import io.millrace.ranker.dcn.network.DcnShape;

/**
 * How to train the models of a bundle.
 *
 * @param towers how to train the two towers.
 * @param ranker how to train the ranker.
 * @param light how to train the light ranker that cuts the candidates before it.
 */
public record TrainingPlan(
        TowerTrainingPlan towers, RankerTrainingPlan ranker, RankerTrainingPlan light) {
    private static final int LIGHT_EMBEDDING = 8;
    private static final int LIGHT_UNITS = 32;

    /**
     * A plan that suits a data set.
     *
     * @param dataset what is to be trained on.
     * @param seed seed of the models.
     * @param threads how many threads; does not change the result.
     * @return the plan.
     */
    public static TrainingPlan defaults(Dataset dataset, long seed, int threads) {
        RankerTrainingPlan ranker =
                RankerTrainingPlan.defaults(dataset.train().count(), seed, threads);
        return new TrainingPlan(
                TowerTrainingPlan.defaults(dataset.users().count(), seed, threads),
                ranker,
                ranker.withShape(LightRanker.hidden(LIGHT_EMBEDDING, LIGHT_UNITS)));
    }

    /**
     * The same with other weights of the rankers' losses.
     *
     * @param value weights of the losses.
     * @return a copy.
     */
    public TrainingPlan withWeights(LabelWeights value) {
        return new TrainingPlan(towers, ranker.withWeights(value), light.withWeights(value));
    }

    /**
     * The same with a ranker that learns from the mean of several.
     *
     * @param teachers how many; 0 for none.
     * @return a copy.
     */
    public TrainingPlan withTeachers(int teachers) {
        return new TrainingPlan(towers, ranker.withTeachers(teachers), light);
    }

    /**
     * The same with a ranker that has other vectors of the items to match with.
     *
     * @param dimension their components; 0 for none.
     * @return a copy.
     */
    public TrainingPlan withMatchDimension(int dimension) {
        return new TrainingPlan(towers, ranker.withMatchDimension(dimension), light);
    }

    /**
     * The same with other passes of both rankers.
     *
     * @param passes how many, or the most.
     * @param areMost whether fewer may be chosen by the last day, for each ranker by itself.
     * @return a copy.
     */
    public TrainingPlan withPasses(int passes, boolean areMost) {
        return new TrainingPlan(
                towers, ranker.withPasses(passes, areMost), light.withPasses(passes, areMost));
    }

    /**
     * The same with the last day of the impressions held out from both rankers, to choose between
     * plans by it.
     *
     * @return a copy.
     */
    public TrainingPlan withLastDayHeldOut() {
        return new TrainingPlan(towers, ranker.withLastDayHeldOut(), light.withLastDayHeldOut());
    }

    /**
     * The same with a ranker of other sizes.
     *
     * @param shape sizes of the ranker.
     * @return a copy.
     */
    public TrainingPlan withShape(DcnShape shape) {
        return new TrainingPlan(towers, ranker.withShape(shape), light);
    }

    /**
     * The same with other steps of both rankers.
     *
     * @param batch impressions of a step.
     * @param rate step size at the start.
     * @param l2 multiple of an embedding that is added to its gradient.
     * @param dropout share of the deep part's units that are dropped in a step.
     * @return a copy.
     */
    public TrainingPlan withSteps(int batch, float rate, float l2, float dropout) {
        return new TrainingPlan(
                towers,
                ranker.withSteps(batch, rate, l2, dropout),
                light.withSteps(batch, rate, l2, dropout));
    }

    /**
     * The same with other towers.
     *
     * @param value how to train them.
     * @return a copy.
     */
    public TrainingPlan withTowers(TowerTrainingPlan value) {
        return new TrainingPlan(value, ranker, light);
    }
}
