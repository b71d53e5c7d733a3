package io.millrace.data.bundle;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.QueryTower;
import io.millrace.ranker.tower.TwoTowerModel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.LongToDoubleFunction;

/**
 * The models of a bundle: those that were trained, with their embeddings as they are wanted. All
 * that is computed for the bundle is computed with these.
 */
final class ModelParts {
    private final TrainedModels models;
    private final Dataset dataset;
    private final BuildPlan plan;
    private final AtomicDirectory directory;

    private ModelParts(
            TrainedModels models, Dataset dataset, BuildPlan plan, AtomicDirectory directory) {
        this.models = models;
        this.dataset = dataset;
        this.plan = plan;
        this.directory = directory;
    }

    /** Writes the models into a bundle and says what is lost of their scores. */
    static EmbeddingsReport write(
            TrainedModels models,
            Dataset dataset,
            BuildPlan plan,
            AtomicDirectory directory,
            ProgressListener progress) {
        ModelParts parts = new ModelParts(models, dataset, plan, directory);
        try (ProgressListener.Stage stage =
                progress.start("write models", models.hasLightRanker() ? 3 : 2)) {
            EmbeddingsReport.Part towers = parts.writeTowers();
            stage.advance(1);
            EmbeddingsReport.Part ranker = parts.writeRanker(BundleLayout.RANKER);
            stage.advance(1);
            EmbeddingsReport.Part light = null;
            if (models.hasLightRanker()) {
                light = parts.writeRanker(BundleLayout.LIGHT_RANKER);
                stage.advance(1);
            }
            return new EmbeddingsReport(plan.embeddings(), ranker, light, towers);
        }
    }

    private EmbeddingsReport.Part writeRanker(String name) {
        Path target = directory.resolve(name);
        try (DcnModel trained = DcnModel.load(models.path().resolve(name), dataset.schema())) {
            // Whether it has all heads that a server is to order by.
            plan.formula().of(trained.heads());
            trained.save(target, plan.embeddings());
            try (DcnModel written = DcnModel.load(target, dataset.schema())) {
                return new EmbeddingsReport.Part(
                        written.input().embeddings().bytes(),
                        ScoreLoss.between(dataset.test(), logits(trained), logits(written)));
            }
        }
    }

    /** Click logits of impressions. */
    private LongToDoubleFunction logits(DcnModel model) {
        InteractionTable test = dataset.test();
        RowTable users = dataset.users();
        RowTable items = dataset.items();
        MemorySegment impression = Arena.ofAuto().allocate(model.input().impressionRowBytes());
        DcnScorer scorer = model.newScorer(1, impression);
        float[] logit = new float[1];
        return event -> {
            test.copyImpression(event, impression, 0);
            scorer.logitEachInto(
                    users.segment(),
                    new long[] {users.offset(test.user(event))},
                    test.contextSegment(),
                    new long[] {test.contextOffset(event)},
                    items.segment(),
                    items.layout().rowBytes(),
                    new int[] {test.item(event)},
                    1,
                    logit);
            return logit[0];
        };
    }

    private EmbeddingsReport.Part writeTowers() {
        Path target = directory.resolve(BundleLayout.TOWERS);
        try (TwoTowerModel trained =
                TwoTowerModel.load(models.path().resolve(BundleLayout.TOWERS), dataset.schema())) {
            trained.save(target, plan.embeddings());
            try (TwoTowerModel written = TwoTowerModel.load(target, dataset.schema())) {
                return new EmbeddingsReport.Part(
                        written.embeddings().bytes(),
                        ScoreLoss.between(dataset.test(), cosines(trained), cosines(written)));
            }
        }
    }

    /** Cosines of the user and the item of impressions. */
    private LongToDoubleFunction cosines(TwoTowerModel model) {
        InteractionTable test = dataset.test();
        RowTable users = dataset.users();
        QueryTower query = model.newQueryTower();
        ItemTower item = model.newItemTower();
        float[] wanted = new float[query.dimension()];
        float[] shown = new float[item.dimension()];
        return event -> {
            query.embedInto(users.segment(), users.offset(test.user(event)), wanted);
            item.embedInto(dataset.items(), test.item(event), 1, shown, 0);
            double cosine = 0;
            for (int i = 0; i < wanted.length; i++) {
                cosine += (double) wanted[i] * shown[i];
            }
            return cosine;
        };
    }
}
