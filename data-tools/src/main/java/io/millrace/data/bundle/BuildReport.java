package io.millrace.data.bundle;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.metrics.Figures;
import io.millrace.data.retrieve.Retriever;
import io.millrace.index.GraphReport;

import org.jspecify.annotations.Nullable;

/**
 * What was built, and how long it took.
 *
 * @param manifest of the bundle.
 * @param graph how sound the graph is.
 * @param efSearch breadth of searches that reach the recall of the plan, 0 where it wants none.
 * @param embeddings of the models, as they were written.
 * @param halves item halves of the ranker, null where none are wanted or of use.
 * @param lightHalves the same of the light ranker.
 * @param attributes how many attributes requests may filter by.
 * @param embedSeconds time to embed all items, or to learn their factors.
 * @param indexSeconds time to build, check and calibrate the graph.
 * @param totalSeconds time of everything.
 */
public record BuildReport(
        BundleManifest manifest,
        GraphReport graph,
        int efSearch,
        EmbeddingsReport embeddings,
        @Nullable HalvesReport halves,
        @Nullable HalvesReport lightHalves,
        int attributes,
        double embedSeconds,
        double indexSeconds,
        double totalSeconds) {

    /**
     * The figures of {@code millrace build}.
     *
     * @return flat keys and their values.
     */
    public Figures figures() {
        long bytes = 0;
        for (var file : manifest.files().values()) {
            bytes += file.bytes();
        }
        Figures figures = new Figures();
        if (efSearch > 0) {
            figures.put("recall", manifest.recall().orElse(Double.NaN)).put("ef_search", efSearch);
        }
        embeddings.addTo(figures);
        if (halves != null) {
            halves.addTo(figures, "");
        }
        if (lightHalves != null) {
            lightHalves.addTo(figures, "light.");
        }
        return figures.put("retriever", Retriever.of(manifest).label())
                .put("items", manifest.items())
                .put("users", manifest.users())
                .put("dimension", manifest.dimension())
                .put("fingerprint", manifest.fingerprint())
                .put("attributes", attributes)
                .put("bundle_bytes", bytes)
                .put("graph.levels", graph.levels())
                .put("graph.reachable", graph.reachable())
                .put("graph.mean_degree", graph.meanDegree())
                .put("graph.zero_in_degree", graph.zeroInDegree())
                .put("graph.self_recall", graph.selfRecall())
                .put("embed_seconds", embedSeconds)
                .put("index_seconds", indexSeconds)
                .put("build_seconds", totalSeconds);
    }
}
