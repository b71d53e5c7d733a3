package io.millrace.data.train;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.data.train.tower.TowerTrainingPlan;

/**
 * How to train the models of a bundle.
 *
 * @param towers how to train the two towers.
 * @param ranker how to train the ranker.
 */
public record TrainingPlan(TowerTrainingPlan towers, RankerTrainingPlan ranker) {
    /**
     * A plan that suits a data set.
     *
     * @param dataset what is to be trained on.
     * @param seed seed of the models.
     * @param threads how many threads; does not change the result.
     * @return the plan.
     */
    public static TrainingPlan defaults(Dataset dataset, long seed, int threads) {
        return new TrainingPlan(
                TowerTrainingPlan.defaults(dataset.users().count(), seed, threads),
                RankerTrainingPlan.defaults(dataset.train().count(), seed, threads));
    }
}
