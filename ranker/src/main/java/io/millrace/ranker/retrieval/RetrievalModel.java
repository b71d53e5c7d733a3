package io.millrace.ranker.retrieval;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.tower.TwoTowerModel;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * Finds the vector of a user among those of the items in an index, and says how much the scores of
 * a search mean.
 *
 * <p>Threading: any thread. Ownership: close it when no embedding is used any more.
 */
public sealed interface RetrievalModel extends AutoCloseable
        permits BlendRetrieval, FactorRetrieval, ListRetrieval, TowerRetrieval {
    /**
     * Opens what a bundle retrieves by.
     *
     * @param bundle folder of the bundle.
     * @param manifest what it says of itself.
     * @param schema the declared features.
     * @return lists, a blend or factors where the bundle has some, else the towers.
     * @throws MillraceException when a file is damaged or belongs to another bundle.
     */
    static RetrievalModel open(Path bundle, BundleManifest manifest, FeatureSchema schema) {
        if (manifest.hasNeighbours() || manifest.hasPopular()) {
            return openLists(bundle, manifest, schema);
        }
        if (!manifest.hasFactors()) {
            return new TowerRetrieval(openTowers(bundle, schema));
        }
        ItemFactors factors = openFactors(bundle, manifest, schema);
        if (!manifest.hasBlend()) {
            return new FactorRetrieval(factors, schema);
        }
        Path file = bundle.resolve(BundleLayout.BLEND);
        Blend blend = Blend.load(file, schema);
        TwoTowerModel towers = openTowers(bundle, schema);
        int towerDimension = towers.shape().dimension();
        int factorDimension = factors.settings().dimension();
        if (blend.towerDimension() != towerDimension
                || blend.factorDimension() != factorDimension) {
            towers.close();
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "blend of another bundle: file=%s, dimensions=%d and %d, expected=%d and %d;"
                            + " build it again",
                    file,
                    blend.towerDimension(),
                    blend.factorDimension(),
                    towerDimension,
                    factorDimension);
        }
        return new BlendRetrieval(towers, factors, blend, schema);
    }

    private static ListRetrieval openLists(
            Path bundle, BundleManifest manifest, FeatureSchema schema) {
        boolean isForEverybody = manifest.hasPopular();
        Path file = bundle.resolve(isForEverybody ? BundleLayout.POPULAR : BundleLayout.NEIGHBOURS);
        ItemLists lists = ItemLists.load(file, schema, manifest.items());
        try {
            long expected = isForEverybody ? 1 : manifest.items();
            if (lists.count() != expected) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "lists of another bundle: file=%s, lists=%d, expected=%d; build it again",
                        file,
                        lists.count(),
                        expected);
            }
            TwoTowerModel towers = openTowers(bundle, schema);
            return isForEverybody
                    ? new PopularRetrieval(towers, lists)
                    : new NeighbourRetrieval(towers, lists, schema);
        } catch (MillraceException e) {
            lists.close();
            throw e;
        }
    }

    private static TwoTowerModel openTowers(Path bundle, FeatureSchema schema) {
        return TwoTowerModel.load(bundle.resolve(BundleLayout.TOWERS), schema);
    }

    private static ItemFactors openFactors(
            Path bundle, BundleManifest manifest, FeatureSchema schema) {
        Path file = bundle.resolve(BundleLayout.FACTORS);
        ItemFactors factors = ItemFactors.load(file, schema);
        if (factors.count() != manifest.items()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "factors of another bundle: file=%s, items=%d, expected=%d; build it again",
                    file,
                    factors.count(),
                    manifest.items());
        }
        return factors;
    }

    /**
     * Components of the vectors.
     *
     * @return the dimension.
     */
    int dimension();

    /**
     * Whether vectors have length 1, so that the index compares them by cosine; if not, by inner
     * product.
     *
     * @return true for the towers.
     */
    boolean hasUnitVectors();

    /**
     * A way to users' vectors.
     *
     * @return a new one for one thread.
     */
    QueryEmbedding newQueryEmbedding();

    /**
     * A way to vectors of items that the index does not have.
     *
     * @return a new one for one thread; null where vectors do not follow from features.
     */
    @Nullable ItemEmbedding newItemEmbedding();

    /**
     * What differences of scores are divided by before they are exponentiated, so that those of all
     * models may be weighed against a probability alike.
     *
     * @return above 0.
     */
    float temperature();

    @Override
    void close();
}
