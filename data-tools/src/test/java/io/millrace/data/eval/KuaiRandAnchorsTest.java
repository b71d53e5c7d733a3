package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.SeenItems;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.kuairand.KuaiRandImporter;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.retrieve.Retrievers;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Holds the protocol on KuaiRand-Pure to figures that were computed independently on the same
 * files: counts of users and targets, popularity, constant and item means agree to four digits,
 * factors and neighbours as far as different beginnings let them.
 */
@Tag("slow")
final class KuaiRandAnchorsTest {
    private static final double FOUR_DIGITS = 0.5e-4;

    @TempDir private Path folder;

    @Test
    void shouldReachTheFiguresOthersReachedWhenTheProtocolIsTheSame() {
        String data = System.getenv("MILLRACE_DATA");
        assumeTrue(data != null, "MILLRACE_DATA is not set");
        Path source = Path.of(data).resolve("kuairand-pure");
        assumeTrue(Files.isDirectory(source), "no such folder: " + source);
        Path target = folder.resolve("kuairand");
        KuaiRandImporter.run(source, new ImportTask(target, 0, ProgressListener.NONE));
        try (Dataset dataset = Dataset.open(target)) {
            checkRetrieval(dataset);
            checkRetrievers(dataset);
            checkClicks(dataset);
        }
    }

    private static void checkRetrieval(Dataset dataset) {
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        List<RetrievalTargets.Case> cases =
                RetrievalTargets.of(seen, RetrievalTargets.heldOut(dataset)).cases();
        assertEquals(19_271, cases.size());
        assertEquals(67_867, cases.stream().mapToInt(user -> user.targets().length).sum());
        ItemOrder popularity = ItemOrder.byHistories(dataset);
        List<int[]> ranks = new ArrayList<>();
        for (RetrievalTargets.Case user : cases) {
            if (dataset.users().id(user.user()) % 5 != 0) {
                ranks.add(popularity.ranks(user.targets(), user.seen()));
            }
        }
        RetrievalMetrics metrics = RetrievalMetrics.of(ranks);
        assertEquals(15_430, metrics.users());
        assertEquals(0.0538, metrics.recall10(), FOUR_DIGITS);
        assertEquals(0.1476, metrics.recall50(), FOUR_DIGITS);
        assertEquals(0.2151, metrics.recall100(), FOUR_DIGITS);
        assertEquals(0.4779, metrics.recall500(), FOUR_DIGITS);
        assertEquals(0.0399, metrics.ndcg10(), FOUR_DIGITS);
    }

    /** Others' factors began with other numbers, their lists with other ties. */
    private static void checkRetrievers(Dataset dataset) {
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        List<RetrievalTargets.Case> cases =
                RetrievalTargets.of(seen, RetrievalTargets.heldOut(dataset)).cases();
        Retrievers learnt =
                Retrievers.learn(
                        EnumSet.of(Retriever.IALS, Retriever.ITEM_KNN),
                        dataset,
                        () -> (user, scores) -> {},
                        1,
                        2,
                        ProgressListener.NONE);
        RetrievalMetrics factors = measure(learnt, Retriever.IALS, dataset, cases);
        assertEquals(0.4585, factors.recall100(), 0.005);
        assertEquals(0.8068, factors.recall500(), 0.005);
        assertEquals(0.0744, factors.ndcg10(), 0.002);
        RetrievalMetrics neighbours = measure(learnt, Retriever.ITEM_KNN, dataset, cases);
        assertEquals(0.3928, neighbours.recall100(), 0.01);
        assertEquals(0.7511, neighbours.recall500(), 0.02);
    }

    private static RetrievalMetrics measure(
            Retrievers learnt, Retriever way, Dataset dataset, List<RetrievalTargets.Case> cases) {
        return RetrievalMetrics.of(
                RetrieverRanks.of(
                        () -> learnt.newScores(way),
                        dataset.items(),
                        cases,
                        2,
                        ProgressListener.Stage.SILENT));
    }

    private static void checkClicks(Dataset dataset) {
        ClickSample sample = ClickSample.of(dataset.test(), Integer.MAX_VALUE);
        assertEquals(133_545, sample.count());
        Figures figures = new Figures();
        ClickBaselines.addTo(
                figures, dataset, sample, EvaluationPlan.defaults(), ProgressListener.NONE);
        assertEquals(0.6871, figures.number("baseline.constant.click.logloss"), FOUR_DIGITS);
        assertEquals(0.6612, figures.number("baseline.popularity.click.auc"), FOUR_DIGITS);
        assertEquals(0.6465, figures.number("baseline.popularity.click.logloss"), FOUR_DIGITS);
        assertEquals(0.6117, figures.number("baseline.popularity.click.gauc"), FOUR_DIGITS);
        assertEquals(0.6218, figures.number("baseline.constant.long_view.logloss"), FOUR_DIGITS);
        assertEquals(0.6693, figures.number("baseline.popularity.long_view.auc"), FOUR_DIGITS);
        assertEquals(0.5837, figures.number("baseline.popularity.long_view.logloss"), FOUR_DIGITS);
        assertEquals(0.6231, figures.number("baseline.popularity.long_view.gauc"), FOUR_DIGITS);
        // Its features are richer than those of the anchor that reached 0.7350.
        double auc = figures.number("baseline.logistic.click.auc");
        assertTrue(auc > 0.735 && auc < 0.76, "auc=" + auc);
    }
}
