package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.Label;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.ranker.LabelWeights;
import io.millrace.data.train.ranker.RankerTrainer;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A hidden preference makes likes, which the heads of clicks and long views cannot tell. */
final class SimulatedLikesTest {
    @TempDir private Path folder;

    @Test
    void shouldForetellLikesByAHeadOfTheirOwn() {
        Path world = folder.resolve("world");
        SimulationPlan plan = new SimulationPlan(2_000, 600, 300_000, 3, 2);
        Simulator.run(plan, world, ProgressListener.NONE);
        try (Dataset dataset = Dataset.open(world);
                DcnModel model = train(dataset)) {
            ClickSample clicks = ClickSample.of(dataset.test(), Integer.MAX_VALUE);
            RankerScores scores =
                    RankerScores.of(
                            model,
                            dataset.users(),
                            dataset.items(),
                            dataset.test(),
                            clicks,
                            2,
                            ProgressListener.NONE);
            List<Label> labels = new ArrayList<>();
            for (ClickSample each : clicks.ofEachLabel()) {
                labels.add(each.label());
                if (each.label().equals(Label.LIKE)) {
                    double own = ClickMetrics.of(each, scores.of(Label.LIKE)).auc();
                    double byClicks = ClickMetrics.of(each, scores.of(Label.CLICK)).auc();
                    double byViews = ClickMetrics.of(each, scores.of(Label.LONG_VIEW)).auc();
                    assertTrue(
                            own > Math.max(byClicks, byViews) + 0.02,
                            own + " beside " + byClicks + " and " + byViews);
                }
            }
            assertEquals(List.of(Label.CLICK, Label.LONG_VIEW, Label.LIKE), labels);
        }
    }

    private static DcnModel train(Dataset dataset) {
        RankerTrainingPlan plan =
                RankerTrainingPlan.defaults(dataset.train().count(), 1, 2)
                        .withShape(new DcnShape(8, 1, 0, DcnStructure.PARALLEL, List.of(32)))
                        .withWeights(LabelWeights.of(Map.of("like", 1f)));
        return RankerTrainer.train(dataset, plan, ProgressListener.NONE).model();
    }
}
