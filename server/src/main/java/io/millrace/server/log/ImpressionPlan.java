package io.millrace.server.log;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.simd.Kernels;
import io.millrace.core.wire.WireLimits;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.impression.FeedbackLayout;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.server.config.AnswerSettings;
import io.millrace.server.config.ServerConfig;

/**
 * What the impressions of a bundle are like.
 *
 * @param description as it stands in the files of a log
 * @param maxRecordBytes length of the longest record, of an impression or of feedback
 */
public record ImpressionPlan(ImpressionDescription description, int maxRecordBytes) {
    /**
     * Those of a bundle that is served.
     *
     * @param manifest what it says of itself.
     * @param schema its features.
     * @param config with which it is served.
     * @return the plan.
     */
    public static ImpressionPlan of(
            BundleManifest manifest, FeatureSchema schema, ServerConfig config) {
        ImpressionLayout layout =
                new ImpressionLayout(
                        manifest.dimension(),
                        schema.layout(FeatureScope.USER).rowBytes(),
                        schema.layout(FeatureScope.CONTEXT).rowBytes(),
                        schema.layout(FeatureScope.ITEM).rowBytes(),
                        schema.fields(FeatureScope.IMPRESSION).size());
        long impressionBytes =
                layout.recordBytes(
                        schema.fields(FeatureScope.CONTEXT).size(),
                        Math.max(config.limits().excluded(), config.limits().candidates()),
                        true,
                        Math.max(config.limits().k(), config.limits().candidates()),
                        Math.max(config.mostCandidates(), config.limits().candidates()),
                        WireLimits.MAX_FILTER_BYTES + WireLimits.MAX_EXPERIMENT_KEY_BYTES);
        long feedbackBytes =
                FeedbackLayout.recordBytes(
                        config.limits().events(), WireLimits.MAX_EXPERIMENT_KEY_BYTES);
        long maxRecordBytes = Math.max(impressionBytes, feedbackBytes);
        return new ImpressionPlan(
                new ImpressionDescription(
                        manifest.fingerprint(),
                        manifest.schemaFingerprint(),
                        Kernels.vector().vectorBits(),
                        layout,
                        AnswerSettings.of(config)),
                Math.toIntExact(maxRecordBytes));
    }
}
