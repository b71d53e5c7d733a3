package io.millrace.data.bundle;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnHalvesScorer;
import io.millrace.ranker.dcn.DcnItemHalves;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnNetwork;
import io.millrace.ranker.dcn.HalvesObstacle;
import io.millrace.ranker.dcn.RankerInput;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * The halves of all items: what each contributes to the ranker's first layers. They do not depend
 * on the number of threads.
 */
final class ItemHalves {
    private static final int BLOCK_ROWS = 120;

    private ItemHalves() {}

    /**
     * Writes them, unless they would take too much memory and nobody asked for them.
     *
     * @param mostBytes the most memory that is not too much.
     * @return what was written or left out, null where none are wanted.
     */
    static @Nullable HalvesReport write(
            Path ranker,
            Dataset dataset,
            BuildPlan plan,
            long mostBytes,
            Path target,
            ProgressListener progress) {
        RowTable items = dataset.items();
        WeightType wanted = plan.itemHalves().type();
        if (wanted == null) {
            return null;
        }
        try (DcnModel model = DcnModel.load(ranker, dataset.schema())) {
            HalvesObstacle obstacle = DcnItemHalves.obstacle(model);
            if (obstacle != null) {
                return new HalvesReport(wanted, 0, null, obstacle);
            }
            int sharedWidth = model.input().sharedWidth();
            WeightType type = smallest(wanted, model.network(), sharedWidth);
            long bytes = items.count() * DcnItemHalves.rowBytes(model.network(), sharedWidth, type);
            if (plan.itemHalves() == HalvesChoice.AUTO && bytes > mostBytes) {
                return new HalvesReport(type, bytes, null, null);
            }
            try (DcnItemHalves halves =
                            new DcnItemHalves(model.network(), sharedWidth, items.count(), type);
                    ProgressListener.Stage stage =
                            progress.start("compute item halves", items.count())) {
                ItemBlocks.run(
                        items.count(),
                        BLOCK_ROWS,
                        plan.graph().threads(),
                        stage,
                        (from, to) ->
                                halves.set(
                                        model.input(),
                                        items.segment(),
                                        items.layout().rowBytes(),
                                        from,
                                        to - from));
                DcnHalvesFile.write(halves, target);
                return new HalvesReport(type, bytes, loss(model, halves, dataset), null);
            }
        }
    }

    /** The scale of a short int8 row takes more than its numbers: then bfloat16 is smaller. */
    private static WeightType smallest(WeightType wanted, DcnNetwork network, int sharedWidth) {
        boolean isWasted =
                wanted == WeightType.INT8
                        && DcnItemHalves.rowBytes(network, sharedWidth, WeightType.BF16)
                                <= DcnItemHalves.rowBytes(network, sharedWidth, WeightType.INT8);
        return isWasted ? WeightType.BF16 : wanted;
    }

    /** How far click logits are from those of halves in float32. */
    private static ScoreLoss loss(DcnModel model, DcnItemHalves halves, Dataset dataset) {
        RankerInput input = model.input();
        InteractionTable test = dataset.test();
        RowTable items = dataset.items();
        float[] shared = new float[input.sharedWidth()];
        float[] part = new float[input.width() - input.sharedWidth()];
        try (DcnItemHalves exact =
                new DcnItemHalves(model.network(), input.sharedWidth(), 1, WeightType.F32)) {
            DcnHalvesScorer exactScorer = new DcnHalvesScorer(exact);
            DcnHalvesScorer scorer = new DcnHalvesScorer(halves);
            return ScoreLoss.between(
                    test,
                    event -> {
                        gatherShared(input, dataset, event, shared);
                        long offset = items.offset(test.item(event));
                        input.item().gatherInto(items.segment(), offset, part, 0);
                        exact.set(0, 1, part);
                        return logit(exactScorer, shared, 0);
                    },
                    event -> {
                        gatherShared(input, dataset, event, shared);
                        return logit(scorer, shared, test.item(event));
                    });
        }
    }

    private static void gatherShared(
            RankerInput input, Dataset dataset, long event, float[] shared) {
        InteractionTable test = dataset.test();
        input.gatherSharedInto(
                dataset.users().segment(),
                dataset.users().offset(test.user(event)),
                test.contextSegment(),
                test.contextOffset(event),
                shared,
                0);
    }

    private static double logit(DcnHalvesScorer scorer, float[] shared, int item) {
        float[] logits = new float[1];
        scorer.logitsInto(shared, new int[] {item}, 1, DcnModel.CLICK_HEAD, logits);
        return logits[0];
    }
}
