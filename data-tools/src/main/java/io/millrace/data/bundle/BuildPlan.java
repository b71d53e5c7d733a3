package io.millrace.data.bundle;

import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

import java.util.function.UnaryOperator;

/**
 * How a bundle is built.
 *
 * @param graph how the graph is built, but for the metric, which follows from the vectors. Its
 *     threads embed, too, and its seed chooses whom the graph is checked with; the bundle does not
 *     depend on the threads.
 * @param retrieval what items are retrieved by.
 * @param goal recall that searches are to reach, for which the graph is measured; null for none.
 * @param embeddings how the embeddings of the models are kept; they are trained in float32.
 * @param itemHalves whether what each item contributes to the ranker's first layers is computed now
 *     and put into the bundle, and how its numbers are kept.
 * @param attributes whether raw values of the items' features are put into the bundle, for requests
 *     to filter by.
 * @param formula what a server orders candidates by.
 * @param replace whether a folder that is there already may be replaced.
 */
public record BuildPlan(
        HnswParameters graph,
        RetrievalPlan retrieval,
        @Nullable RecallGoal goal,
        WeightType embeddings,
        HalvesChoice itemHalves,
        boolean attributes,
        ValueFormula formula,
        boolean replace) {
    /**
     * The defaults of {@link HnswParameters}, the towers' vectors, no recall to reach, embeddings
     * in float32, halves of the items in bfloat16 where they are not too large, attributes, the
     * order of clicks.
     *
     * @return the plan.
     */
    public static BuildPlan defaults() {
        return new BuildPlan(
                HnswParameters.defaults(Metric.COSINE),
                RetrievalPlan.TOWERS,
                null,
                WeightType.F32,
                HalvesChoice.AUTO,
                true,
                ValueFormula.CLICK,
                false);
    }

    /**
     * The same with another graph.
     *
     * @param change makes the new parameters of the old ones.
     * @return a copy.
     */
    public BuildPlan withGraph(UnaryOperator<HnswParameters> change) {
        return new BuildPlan(
                change.apply(graph),
                retrieval,
                goal,
                embeddings,
                itemHalves,
                attributes,
                formula,
                replace);
    }

    /**
     * The same with another way of retrieval.
     *
     * @param value what items are retrieved by.
     * @return a copy.
     */
    public BuildPlan withRetrieval(RetrievalPlan value) {
        return new BuildPlan(
                graph, value, goal, embeddings, itemHalves, attributes, formula, replace);
    }

    /**
     * The same with another recall to reach.
     *
     * @param value what is wanted, or null for none.
     * @return a copy.
     */
    public BuildPlan withGoal(@Nullable RecallGoal value) {
        return new BuildPlan(
                graph, retrieval, value, embeddings, itemHalves, attributes, formula, replace);
    }

    /**
     * The same with other embeddings.
     *
     * @param value how they are kept.
     * @return a copy.
     */
    public BuildPlan withEmbeddings(WeightType value) {
        return new BuildPlan(
                graph, retrieval, goal, value, itemHalves, attributes, formula, replace);
    }

    /**
     * The same with other halves of the items.
     *
     * @param value whether they are put into the bundle, and how.
     * @return a copy.
     */
    public BuildPlan withItemHalves(HalvesChoice value) {
        return new BuildPlan(
                graph, retrieval, goal, embeddings, value, attributes, formula, replace);
    }

    /**
     * The same with or without attributes.
     *
     * @param value whether requests are to filter by them.
     * @return a copy.
     */
    public BuildPlan withAttributes(boolean value) {
        return new BuildPlan(
                graph, retrieval, goal, embeddings, itemHalves, value, formula, replace);
    }

    /**
     * The same with another order of candidates.
     *
     * @param value what a server orders by.
     * @return a copy.
     */
    public BuildPlan withFormula(ValueFormula value) {
        return new BuildPlan(
                graph, retrieval, goal, embeddings, itemHalves, attributes, value, replace);
    }

    /**
     * The same, with or without leave to replace a folder.
     *
     * @param value whether a folder that is there already may be replaced.
     * @return a copy.
     */
    public BuildPlan withReplace(boolean value) {
        return new BuildPlan(
                graph, retrieval, goal, embeddings, itemHalves, attributes, formula, value);
    }
}
