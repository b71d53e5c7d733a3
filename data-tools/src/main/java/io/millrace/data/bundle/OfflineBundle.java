package io.millrace.data.bundle;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.retrieve.ItemScores;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.retrieve.Retrievers;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.retrieval.BlendRetrieval;
import io.millrace.ranker.retrieval.FactorRetrieval;
import io.millrace.ranker.retrieval.ListRetrieval;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.ranker.retrieval.TowerRetrieval;
import io.millrace.ranker.tower.TwoTowerModel;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * An open bundle, for tools: the files as the server reads them, without the server.
 *
 * <p>Threading: may be read from any thread until it is closed. Ownership: what it hands out is
 * closed with it.
 */
public final class OfflineBundle implements AutoCloseable {
    private final Path path;
    private final BundleManifest manifest;
    private final FeatureSchema schema;
    private final RowTable users;
    private final RowTable items;
    private final TwoTowerModel towers;
    private final DcnModel ranker;
    private final @Nullable DcnModel light;
    private final RetrievalModel retrieval;
    private final HnswIndex index;
    private final Deque<AutoCloseable> open;

    private OfflineBundle(Path path, Deque<AutoCloseable> open) {
        this.path = path;
        this.open = open;
        this.manifest = BundleManifest.verify(path);
        manifest.requireFunnel(path);
        this.schema = FeatureSchema.read(path.resolve(BundleLayout.SCHEMA));
        checkSchema();
        this.users =
                keep(
                        RowTable.open(
                                path.resolve(BundleLayout.USERS),
                                schema.layout(FeatureScope.USER)));
        this.items =
                keep(
                        RowTable.open(
                                path.resolve(BundleLayout.ITEMS),
                                schema.layout(FeatureScope.ITEM)));
        this.retrieval = keep(RetrievalModel.open(path, manifest, schema));
        this.towers = openTowers();
        this.ranker = keep(DcnModel.load(path.resolve(BundleLayout.RANKER), schema));
        this.light =
                manifest.files().containsKey(BundleLayout.LIGHT_RANKER)
                        ? keep(DcnModel.load(path.resolve(BundleLayout.LIGHT_RANKER), schema))
                        : null;
        this.index = keep(HnswFile.open(path.resolve(BundleLayout.INDEX)));
        checkIndex();
    }

    /**
     * Checks and opens a bundle.
     *
     * @param path its folder.
     * @return the bundle.
     * @throws MillraceException CORRUPT_FILE when a file is damaged, MISMATCH when parts were not
     *     made for each other; the file is named.
     */
    public static OfflineBundle open(Path path) {
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            return new OfflineBundle(path, open);
        } catch (MillraceException e) {
            closeAll(open);
            throw e;
        }
    }

    /**
     * Makes sure that a data set is the one the bundle was built from.
     *
     * @param dataset the data set.
     * @throws MillraceException MISMATCH when it is another one.
     */
    public void checkMadeFrom(Dataset dataset) {
        checkMadeFrom(dataset, path, manifest);
    }

    /**
     * Makes sure that a data set is the one a bundle was built from that need not be opened.
     *
     * @param dataset the data set.
     * @param path folder of the bundle.
     * @param manifest what the bundle says of itself.
     * @throws MillraceException MISMATCH when it is another one.
     */
    public static void checkMadeFrom(Dataset dataset, Path path, BundleManifest manifest) {
        String other = dataset.manifest().fingerprint();
        if (!manifest.datasetFingerprint().equals(other)) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "the bundle was built from another data set: bundle=%s, built from=%s, data"
                            + " set=%s, its fingerprint=%s; give the data set it was built from",
                    path,
                    manifest.datasetFingerprint(),
                    dataset.path(),
                    other);
        }
    }

    /**
     * Where it is.
     *
     * @return its folder.
     */
    public Path path() {
        return path;
    }

    /**
     * What it is.
     *
     * @return the manifest.
     */
    public BundleManifest manifest() {
        return manifest;
    }

    /**
     * The declared features.
     *
     * @return the schema.
     */
    public FeatureSchema schema() {
        return schema;
    }

    /**
     * Rows of the users.
     *
     * @return the rows.
     */
    public RowTable users() {
        return users;
    }

    /**
     * Rows of the items.
     *
     * @return the rows in the order of ordinals.
     */
    public RowTable items() {
        return items;
    }

    /**
     * Query tower and item tower.
     *
     * @return the model.
     */
    public TwoTowerModel towers() {
        return towers;
    }

    /**
     * The ranker.
     *
     * @return the model.
     */
    public DcnModel ranker() {
        return ranker;
    }

    /**
     * The light ranker, which cuts the candidates before the ranker.
     *
     * @return the model, or null where the bundle has none.
     */
    public @Nullable DcnModel light() {
        return light;
    }

    /**
     * Reads the halves of the items for the ranker.
     *
     * @return the halves, which the caller closes, or null where the bundle has none.
     * @throws MillraceException CORRUPT_FILE or MISMATCH as {@link DcnHalvesFile#read}.
     */
    public @Nullable DcnItemHalves openHalves() {
        return openHalves(ranker, BundleLayout.ITEM_HALVES);
    }

    /**
     * Reads the halves of the items for the light ranker.
     *
     * @return the halves, which the caller closes, or null where the bundle has none.
     * @throws MillraceException CORRUPT_FILE or MISMATCH as {@link DcnHalvesFile#read}.
     */
    public @Nullable DcnItemHalves openLightHalves() {
        return light == null ? null : openHalves(light, BundleLayout.LIGHT_HALVES);
    }

    private @Nullable DcnItemHalves openHalves(DcnModel model, String file) {
        return manifest.files().containsKey(file)
                ? DcnHalvesFile.read(path.resolve(file), model, items)
                : null;
    }

    /**
     * The way it finds items.
     *
     * @return what its candidates come from.
     */
    public Retriever retriever() {
        return Retriever.of(manifest);
    }

    /**
     * Scores by its lists.
     *
     * @return makes new ones for one thread; null where candidates come from the index.
     */
    public @Nullable Supplier<ItemScores> listScores() {
        return retrieval instanceof ListRetrieval lists
                ? () -> Retrievers.byLists(lists, users)
                : null;
    }

    /**
     * Vectors of the users, to search the index for.
     *
     * @return new ones for one thread.
     */
    public UserVectors newUserVectors() {
        return new UserVectors(users, retrieval);
    }

    /**
     * The graph over the items' vectors.
     *
     * @return the index.
     */
    public HnswIndex index() {
        return index;
    }

    @Override
    public void close() {
        closeAll(open);
    }

    /** Every bundle has towers, whatever it retrieves by; they are read and closed once. */
    private TwoTowerModel openTowers() {
        return switch (retrieval) {
            case TowerRetrieval own -> own.towers();
            case BlendRetrieval own -> own.towers();
            case ListRetrieval own -> own.towers();
            case FactorRetrieval other ->
                    keep(TwoTowerModel.load(path.resolve(BundleLayout.TOWERS), schema));
        };
    }

    private void checkSchema() {
        String actual = String.format("%016x", schema.fingerprint());
        if (!actual.equals(manifest.schemaFingerprint())) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "schema of another bundle: file=%s, schema=%s, expected=%s; build it again",
                    path.resolve(BundleLayout.SCHEMA),
                    actual,
                    manifest.schemaFingerprint());
        }
    }

    private void checkIndex() {
        boolean isOfThisBundle =
                index.size() == items.count()
                        && index.dimension() == retrieval.dimension()
                        && index.metric() == GraphVectors.metric(retrieval)
                        && manifest.items() == items.count()
                        && manifest.users() == users.count();
        for (int ordinal = 0; isOfThisBundle && ordinal < index.size(); ordinal++) {
            isOfThisBundle = index.itemId(ordinal) == items.id(ordinal);
        }
        if (!isOfThisBundle) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "index of another bundle: file=%s, items=%d, rows=%d, dimension=%d, of"
                            + " users=%d; build it again",
                    path.resolve(BundleLayout.INDEX),
                    index.size(),
                    items.count(),
                    index.dimension(),
                    retrieval.dimension());
        }
    }

    private <T extends AutoCloseable> T keep(T opened) {
        open.push(opened);
        return opened;
    }

    private static void closeAll(Deque<AutoCloseable> open) {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                throw new MillraceException(ErrorCode.INTERNAL, "cannot close a bundle", e);
            }
        }
    }
}
