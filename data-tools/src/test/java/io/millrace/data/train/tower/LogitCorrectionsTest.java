package io.millrace.data.train.tower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.HistoryInput;
import io.millrace.ranker.tower.TowerShape;
import io.millrace.ranker.tower.TwoTowerModel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

final class LogitCorrectionsTest {
    private static final SimulationPlan WORLD = new SimulationPlan(150, 300, 9_000, 3, 2);
    private static final int LAST = 1;
    private static final double PRIOR = 3;
    private static final float WEIGHT = 0.7f;

    @TempDir private Path folder;
    private Dataset dataset;
    private TwoTowerModel model;
    private final List<List<Integer>> histories = new ArrayList<>();

    @BeforeEach
    void simulate() {
        Simulator.run(WORLD, folder.resolve("world"), ProgressListener.NONE);
        dataset = Dataset.open(folder.resolve("world"));
        model = TwoTowerModel.initial(dataset.schema(), new TowerShape(4, 4, 4), 1);
        HistoryInput history = model.history();
        RowTable users = dataset.users();
        for (int user = 0; user < users.count(); user++) {
            List<Integer> watched = new ArrayList<>();
            int length = history.length(users.segment(), users.offset(user));
            for (int i = 0; i < length; i++) {
                watched.add(history.item(users.segment(), users.offset(user), i));
            }
            histories.add(watched);
        }
    }

    @AfterEach
    void close() {
        model.close();
        dataset.close();
    }

    @Test
    void shouldTellHowOftenAnItemIsDrawnWhenTheTrendWeighsNothing() {
        float[] corrections = LogitCorrections.of(dataset, model, 0);
        int positives = histories.stream().mapToInt(each -> Math.max(0, each.size() - 1)).sum();
        for (int id = FeatureField.FIRST; id < model.items().rows(); id++) {
            double drawn = Math.max(1, drawn(id)) / (double) positives;
            assertEquals(Math.log(drawn), corrections[id], 1e-5, "id=" + id);
        }
    }

    @Test
    void shouldAddTheTrendOfTheEndsOfTheHistories() {
        float[] without = LogitCorrections.of(dataset, model, 0);
        float[] with = LogitCorrections.of(dataset, model, WEIGHT);
        double allLate = 0;
        double all = 0;
        for (int id = FeatureField.FIRST; id < with.length; id++) {
            allLate += usersWith(id, LAST);
            all += usersWith(id, Integer.MAX_VALUE);
        }
        int rising = 0;
        for (int id = FeatureField.FIRST; id < with.length; id++) {
            double expected = usersWith(id, Integer.MAX_VALUE) * allLate / all;
            double trend = Math.log((usersWith(id, LAST) + PRIOR) / (expected + PRIOR));
            assertEquals(WEIGHT * trend, with[id] - without[id], 1e-5, "id=" + id);
            rising += trend > 0.05 ? 1 : 0;
        }
        assertTrue(rising > 20, "rising=" + rising);
    }

    private long drawn(int id) {
        return histories.stream()
                .flatMap(each -> each.stream().skip(1))
                .filter(watched -> watched == id)
                .count();
    }

    private int usersWith(int id, int last) {
        int count = 0;
        for (List<Integer> each : histories) {
            Set<Integer> late =
                    new HashSet<>(each.subList(Math.max(0, each.size() - last), each.size()));
            count += late.contains(id) ? 1 : 0;
        }
        return count;
    }
}
