package io.millrace.data.bundle;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.dcn.DcnHalvesScorer;
import io.millrace.ranker.dcn.DcnItemHalves;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.HalvesType;
import io.millrace.ranker.dcn.RankerInput;
import io.millrace.ranker.features.RowTable;

/**
 * What item halves of fewer bits cost: how far click logits of held-out impressions are from those
 * of halves in float32.
 *
 * @param impressions how many were compared, evenly spread over time.
 * @param largest the largest difference of two logits, NaN where there is no impression.
 * @param mean the mean difference, NaN where there is no impression.
 */
public record HalvesLoss(int impressions, double largest, double mean) {
    private static final int MOST_IMPRESSIONS = 1_000;

    /** Measures halves that are done. */
    static HalvesLoss of(DcnModel model, DcnItemHalves halves, Dataset dataset) {
        RankerInput input = model.input();
        InteractionTable test = dataset.test();
        RowTable items = dataset.items();
        int sample = (int) Math.min(MOST_IMPRESSIONS, test.count());
        double largest = sample == 0 ? Double.NaN : 0;
        double sum = 0;
        try (DcnItemHalves exact =
                new DcnItemHalves(model.network(), input.sharedWidth(), 1, HalvesType.F32)) {
            DcnHalvesScorer exactScorer = new DcnHalvesScorer(exact);
            DcnHalvesScorer scorer = new DcnHalvesScorer(halves);
            float[] shared = new float[input.sharedWidth()];
            float[] part = new float[input.width() - input.sharedWidth()];
            for (int i = 0; i < sample; i++) {
                long event = i * test.count() / sample;
                int item = test.item(event);
                input.gatherSharedInto(
                        dataset.users().segment(),
                        dataset.users().offset(test.user(event)),
                        test.contextSegment(),
                        test.contextOffset(event),
                        shared,
                        0);
                input.item().gatherInto(items.segment(), items.offset(item), part, 0);
                exact.set(0, 1, part);
                double difference =
                        Math.abs(logit(scorer, shared, item) - logit(exactScorer, shared, 0));
                largest = Math.max(largest, difference);
                sum += difference;
            }
        }
        return new HalvesLoss(sample, largest, sum / sample);
    }

    private static double logit(DcnHalvesScorer scorer, float[] shared, int item) {
        float[] logits = new float[1];
        scorer.logitsInto(shared, new int[] {item}, 1, DcnModel.CLICK_HEAD, logits);
        return logits[0];
    }
}
