package io.millrace.data.bundle;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.train.collaborative.AlsPlan;
import io.millrace.data.train.collaborative.AlsTrainer;
import io.millrace.data.train.collaborative.NeighbourPlan;
import io.millrace.index.GraphCheck;
import io.millrace.index.GraphLayout;
import io.millrace.index.GraphReport;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.VectorSet;
import io.millrace.index.attributes.AttributeFile;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.recall.RecallCurve;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.factors.FactorSettings;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.model.WeightType;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.retrieval.BlendRetrieval;
import io.millrace.ranker.retrieval.FactorRetrieval;
import io.millrace.ranker.retrieval.ItemLists;
import io.millrace.ranker.retrieval.ListRetrieval;
import io.millrace.ranker.retrieval.NeighbourRetrieval;
import io.millrace.ranker.retrieval.PopularRetrieval;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.ranker.retrieval.TowerRetrieval;
import io.millrace.ranker.tower.TwoTowerModel;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes a bundle from a data set and the models trained on it: checks that they belong together,
 * rounds their embeddings if that is wanted, embeds all items or learns their factors, builds and
 * checks the graph, and puts it all into one folder under a manifest.
 *
 * <p>Threading: runs on the threads of the plan; the bundle does not depend on how many.
 */
public final class BundleBuilder {
    /** How many nodes of the graph must find themselves. */
    private static final int SELF_QUERIES = 1_000;

    private final Dataset dataset;
    private final TrainedModels models;
    private final BuildPlan plan;
    private final ProgressListener progress;
    private double embedSeconds;
    private double indexSeconds;

    /** What the recall that is wanted needs, or 0 where none is. */
    private int efSearch;

    private BundleBuilder(
            Dataset dataset, TrainedModels models, BuildPlan plan, ProgressListener progress) {
        this.dataset = dataset;
        this.models = models;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Builds a bundle, whole or not at all; the same input and plan give the same bytes.
     *
     * @param dataset folder of the data set.
     * @param models folder of the models trained on it.
     * @param out folder of the bundle.
     * @param plan how it is built.
     * @param progress told of the stages.
     * @return what was built.
     * @throws MillraceException MISMATCH when the models were not trained on the data set, or lack
     *     a head that is to be ordered by, CORRUPT_FILE when one of the files is damaged, BAD_INPUT
     *     when factors or lists are wanted and nobody has watched anything, LIMIT when the recall
     *     that is wanted is out of reach.
     */
    public static BuildReport run(
            Path dataset, Path models, Path out, BuildPlan plan, ProgressListener progress) {
        try (Dataset data = Dataset.open(dataset)) {
            TrainedModels trained = TrainedModels.open(models, data);
            try (AtomicDirectory directory = AtomicDirectory.create(out, plan.replace())) {
                return new BundleBuilder(data, trained, plan, progress).build(directory);
            }
        }
    }

    private BuildReport build(AtomicDirectory directory) {
        long startNs = System.nanoTime();
        EmbeddingsReport embeddings = ModelParts.write(models, dataset, plan, directory, progress);
        try (RetrievalModel retrieval = retrieval(directory)) {
            GraphReport graph = writeIndex(directory, retrieval);
            copyParts(directory);
            int attributes = plan.attributes() ? writeAttributes(directory) : 0;
            HalvesReport halves =
                    computeHalves(directory, BundleLayout.RANKER, BundleLayout.ITEM_HALVES);
            HalvesReport lightHalves =
                    models.hasLightRanker()
                            ? computeHalves(
                                    directory, BundleLayout.LIGHT_RANKER, BundleLayout.LIGHT_HALVES)
                            : null;
            BundleManifest manifest = manifest(directory.path(), graph, retrieval, attributes);
            Json.writeAtomically(directory.resolve(BundleLayout.MANIFEST), manifest);
            directory.commit();
            return new BuildReport(
                    manifest,
                    graph,
                    efSearch,
                    embeddings,
                    halves,
                    lightHalves,
                    attributes,
                    embedSeconds,
                    indexSeconds,
                    secondsSince(startNs));
        }
    }

    /** The towers of the bundle, and what else is learnt now and put into it. */
    private RetrievalModel retrieval(AtomicDirectory directory) {
        return switch (plan.retrieval().way()) {
            case IALS -> new FactorRetrieval(learnFactors(directory), dataset.schema());
            case BLEND -> learnBlend(directory);
            case ITEM_KNN, POPULAR -> learnLists(directory);
            case TWO_TOWER -> new TowerRetrieval(loadTowers(directory));
        };
    }

    private BlendRetrieval learnBlend(AtomicDirectory directory) {
        ItemFactors factors = learnFactors(directory);
        TwoTowerModel towers = loadTowers(directory);
        try {
            BlendRetrieval both = BlendLearner.learn(dataset, towers, factors);
            both.blend().save(directory.resolve(BundleLayout.BLEND), dataset.schema());
            return both;
        } catch (RuntimeException | Error e) {
            towers.close();
            throw e;
        }
    }

    private ListRetrieval learnLists(AtomicDirectory directory) {
        long startNs = System.nanoTime();
        Retriever way = plan.retrieval().way();
        boolean isForEverybody = way == Retriever.POPULAR;
        ItemLists lists = ListLearner.learn(dataset, way, neighbourPlan(), progress);
        String file = isForEverybody ? BundleLayout.POPULAR : BundleLayout.NEIGHBOURS;
        lists.save(directory.resolve(file), dataset.schema());
        embedSeconds = secondsSince(startNs);
        TwoTowerModel towers = loadTowers(directory);
        return isForEverybody
                ? new PopularRetrieval(towers, lists)
                : new NeighbourRetrieval(towers, lists, dataset.schema());
    }

    private NeighbourPlan neighbourPlan() {
        return NeighbourPlan.defaults(plan.graph().threads());
    }

    private TwoTowerModel loadTowers(AtomicDirectory directory) {
        return TwoTowerModel.load(directory.resolve(BundleLayout.TOWERS), dataset.schema());
    }

    private ItemFactors learnFactors(AtomicDirectory directory) {
        long startNs = System.nanoTime();
        AlsPlan factors = plan.retrieval().requireFactors();
        ItemFactors learnt = AlsTrainer.train(dataset, factors, progress).factors();
        learnt.save(directory.resolve(BundleLayout.FACTORS), dataset.schema());
        embedSeconds = secondsSince(startNs);
        return learnt;
    }

    private GraphReport writeIndex(AtomicDirectory directory, RetrievalModel retrieval) {
        try (VectorSet vectors = embed(retrieval);
                HnswIndex index = buildIndex(vectors, graphParameters(retrieval))) {
            long checkNs = System.nanoTime();
            GraphReport graph = check(index);
            calibrate(index, retrieval);
            HnswFile.write(index, directory.resolve(BundleLayout.INDEX));
            indexSeconds += secondsSince(checkNs);
            return graph;
        }
    }

    private VectorSet embed(RetrievalModel retrieval) {
        long startNs = System.nanoTime();
        VectorSet vectors = GraphVectors.of(retrieval, dataset, plan.graph().threads(), progress);
        embedSeconds += secondsSince(startNs);
        return vectors;
    }

    private HnswParameters graphParameters(RetrievalModel retrieval) {
        return plan.graph().withMetric(GraphVectors.metric(retrieval));
    }

    private HnswIndex buildIndex(VectorSet vectors, HnswParameters parameters) {
        long startNs = System.nanoTime();
        long[] itemIds = new long[dataset.items().count()];
        Arrays.setAll(itemIds, dataset.items()::id);
        HnswIndex index = HnswBuilder.build(vectors, itemIds, parameters, progress);
        indexSeconds = secondsSince(startNs);
        return index;
    }

    private GraphReport check(HnswIndex index) {
        GraphReport report;
        try (ProgressListener.Stage stage = progress.start("check graph", 1)) {
            report = GraphCheck.check(index, SELF_QUERIES, plan.graph().seed());
            stage.advance(1);
        }
        // What would not be served is not built.
        report.requireServable(BundleLayout.INDEX);
        return report;
    }

    /** Keeps what recall searches reach with the index, if any is wanted; it must be in reach. */
    private void calibrate(HnswIndex index, RetrievalModel retrieval) {
        RecallGoal goal = plan.goal();
        if (goal != null) {
            RecallCurve curve =
                    GraphCalibration.run(
                            index,
                            new UserVectors(dataset.users(), retrieval),
                            dataset.users().count(),
                            goal,
                            plan,
                            progress);
            index.keepRecallCurve(curve);
            efSearch = curve.efFor(goal.recall(), goal.candidates());
        }
    }

    private void copyParts(AtomicDirectory directory) {
        Map<String, Path> sources = new TreeMap<>();
        sources.put(BundleLayout.SCHEMA, dataset.path().resolve(DatasetLayout.SCHEMA));
        sources.put(BundleLayout.ITEMS, dataset.path().resolve(DatasetLayout.ITEMS));
        sources.put(BundleLayout.USERS, dataset.path().resolve(DatasetLayout.USERS));
        if (dataset.schema().hasRates()) {
            sources.put(BundleLayout.COUNTERS, dataset.path().resolve(DatasetLayout.COUNTERS));
        }
        try (ProgressListener.Stage stage = progress.start("write bundle", sources.size())) {
            sources.forEach(
                    (name, source) -> {
                        BundleFiles.copy(source, directory.resolve(name));
                        stage.advance(1);
                    });
        }
        RerankRules.defaults(dataset.schema()).write(directory.resolve(BundleLayout.RULES));
    }

    /** Writes what items are filtered by; answers how many attributes that are. */
    private int writeAttributes(AtomicDirectory directory) {
        try (AttributeTable attributes = dataset.openAttributes()) {
            AttributeFile.write(attributes, directory.resolve(BundleLayout.ATTRIBUTES));
            return attributes.schema().attributes().size();
        }
    }

    private @Nullable HalvesReport computeHalves(
            AtomicDirectory directory, String ranker, String target) {
        return ItemHalves.write(
                directory.resolve(ranker),
                dataset,
                plan,
                HalvesChoice.MOST_BYTES,
                directory.resolve(target),
                progress);
    }

    private BundleManifest manifest(
            Path folder, GraphReport graph, RetrievalModel retrieval, int attributes) {
        HnswParameters built = graphParameters(retrieval);
        TreeMap<String, String> parameters = new TreeMap<>();
        parameters.put("attributes", Integer.toString(attributes));
        parameters.put("index.metric", built.metric().name());
        parameters.put("index.layout", built.layout().name());
        if (built.layout() == GraphLayout.INLINED) {
            parameters.put("index.codeBits", Integer.toString(built.codeBits()));
        }
        parameters.put("index.maxConnections", Integer.toString(built.maxConnections()));
        parameters.put("index.efConstruction", Integer.toString(built.efConstruction()));
        parameters.put("index.seed", Long.toString(built.seed()));
        if (plan.retrieval().factors() != null) {
            putFactors(plan.retrieval().factors(), parameters);
        }
        if (plan.retrieval().way() == Retriever.ITEM_KNN) {
            NeighbourPlan lists = neighbourPlan();
            parameters.put("lists.neighbours", Integer.toString(lists.neighbours()));
            parameters.put("lists.shrinkage", Float.toString(lists.shrinkage()));
        }
        if (plan.goal() != null) {
            parameters.put(BundleManifest.RECALL, Double.toString(plan.goal().recall()));
        }
        if (!plan.formula().equals(ValueFormula.CLICK)) {
            parameters.put(BundleManifest.VALUE, plan.formula().toString());
        }
        parameters.put("models.seed", Long.toString(models.manifest().seed()));
        if (plan.embeddings() != WeightType.F32) {
            parameters.put("models.embeddings", plan.embeddings().label());
        }
        TreeMap<String, Double> metrics = new TreeMap<>(models.manifest().metrics());
        metrics.put("graph.self_recall", graph.selfRecall());
        return new BundleManifest(
                        BundleManifest.FORMAT,
                        "",
                        dataset.manifest().name(),
                        dataset.manifest().kind(),
                        dataset.manifest().fingerprint(),
                        String.format("%016x", dataset.schema().fingerprint()),
                        dataset.items().count(),
                        dataset.users().count(),
                        retrieval.dimension(),
                        parameters,
                        metrics,
                        BundleManifest.describeParts(folder))
                .sealed();
    }

    private static void putFactors(AlsPlan plan, Map<String, String> parameters) {
        FactorSettings settings = plan.settings();
        parameters.put("factors.dimension", Integer.toString(settings.dimension()));
        parameters.put("factors.unwatchedWeight", Float.toString(settings.unwatchedWeight()));
        parameters.put("factors.regularisation", Float.toString(settings.regularisation()));
        parameters.put("factors.longWeight", Float.toString(settings.longWeight()));
        parameters.put("factors.sweeps", Integer.toString(plan.sweeps()));
        parameters.put("factors.seed", Long.toString(plan.seed()));
    }

    private static double secondsSince(long startNs) {
        return (System.nanoTime() - startNs) / 1e9;
    }
}
