package io.millrace.data.bundle;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.HalvesCandidateScorer;
import io.millrace.ranker.dcn.RankerInput;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
            if (!DcnItemHalves.areOfUse(model.shape())) {
                return new HalvesReport(wanted, 0, null);
            }
            WeightType type = smallest(wanted, model);
            long bytes = items.count() * model.halvesBytes(type);
            if (plan.itemHalves() == HalvesChoice.AUTO && bytes > mostBytes) {
                return new HalvesReport(type, bytes, null);
            }
            try (DcnItemHalves halves = model.newItemHalves(items.count(), type);
                    ProgressListener.Stage stage =
                            progress.start("compute item halves", items.count())) {
                ItemBlocks.run(
                        items.count(),
                        BLOCK_ROWS,
                        plan.graph().threads(),
                        stage,
                        (from, to) ->
                                halves.set(
                                        model.input().item(),
                                        items.segment(),
                                        items.layout().rowBytes(),
                                        from,
                                        to - from));
                DcnHalvesFile.write(halves, target);
                return new HalvesReport(type, bytes, loss(model, halves, dataset));
            }
        }
    }

    /** The scale of a short int8 row takes more than its numbers: then bfloat16 is smaller. */
    private static WeightType smallest(WeightType wanted, DcnModel model) {
        boolean isWasted =
                wanted == WeightType.INT8
                        && model.halvesBytes(WeightType.BF16) <= model.halvesBytes(WeightType.INT8);
        return isWasted ? WeightType.BF16 : wanted;
    }

    /** How far click logits are from those of halves in float32. */
    private static ScoreLoss loss(DcnModel model, DcnItemHalves halves, Dataset dataset) {
        RankerInput input = model.input();
        InteractionTable test = dataset.test();
        RowTable items = dataset.items();
        int rowBytes = items.layout().rowBytes();
        MemorySegment impression = Arena.ofAuto().allocate(input.impressionRowBytes());
        try (DcnItemHalves exact = model.newItemHalves(1, WeightType.F32)) {
            HalvesCandidateScorer exactScorer = new HalvesCandidateScorer(model, exact, impression);
            HalvesCandidateScorer scorer = new HalvesCandidateScorer(model, halves, impression);
            return ScoreLoss.between(
                    test,
                    event -> {
                        long offset = items.offset(test.item(event));
                        MemorySegment row = items.segment().asSlice(offset, rowBytes);
                        exact.set(input.item(), row, rowBytes, 0, 1);
                        test.copyImpression(event, impression, 0);
                        return logit(exactScorer, dataset, event, row, 0);
                    },
                    event -> {
                        test.copyImpression(event, impression, 0);
                        return logit(scorer, dataset, event, items.segment(), test.item(event));
                    });
        }
    }

    private static double logit(
            HalvesCandidateScorer scorer,
            Dataset dataset,
            long event,
            MemorySegment rows,
            int item) {
        InteractionTable test = dataset.test();
        float[] logits = new float[1];
        scorer.logitsInto(
                dataset.users().segment(),
                dataset.users().offset(test.user(event)),
                test.contextSegment(),
                test.contextOffset(event),
                rows,
                dataset.items().layout().rowBytes(),
                new int[] {item},
                1,
                DcnModel.CLICK_HEAD,
                logits);
        return logits[0];
    }
}
