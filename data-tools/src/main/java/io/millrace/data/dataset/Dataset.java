package io.millrace.data.dataset;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.index.attributes.AttributeFile;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * An open data set: everything the trainers, the bundle builder and the evaluation read.
 *
 * <p>Histories are the sequences of the user rows ({@code watched}, {@code long_watched}, {@code
 * liked}), oldest first; all a user's hold happened before the user's first impression in {@link
 * #train}. The days of {@link #test} come after the days of those, by the calendar of the source.
 *
 * <p>Threading: may be read from any thread until it is closed.
 */
public final class Dataset implements AutoCloseable {
    private static final List<String> REQUIRED =
            List.of(
                    DatasetLayout.SCHEMA,
                    DatasetLayout.USERS,
                    DatasetLayout.ITEMS,
                    DatasetLayout.TRAIN,
                    DatasetLayout.TEST);

    private static final String WATCHED = "watched";

    private final Path path;
    private final DatasetManifest manifest;
    private final FeatureSchema schema;
    private final RowTable users;
    private final RowTable items;
    private final InteractionTable train;
    private final InteractionTable test;
    private final Deque<AutoCloseable> open;

    private Dataset(Path path, Deque<AutoCloseable> open) {
        this.path = path;
        this.open = open;
        this.manifest = readManifest(path);
        this.schema = FeatureSchema.read(path.resolve(DatasetLayout.SCHEMA));
        this.users =
                keep(
                        RowTable.open(
                                path.resolve(DatasetLayout.USERS),
                                schema.layout(FeatureScope.USER)));
        this.items =
                keep(
                        RowTable.open(
                                path.resolve(DatasetLayout.ITEMS),
                                schema.layout(FeatureScope.ITEM)));
        this.train = keep(openEvents(DatasetLayout.TRAIN));
        this.test = keep(openEvents(DatasetLayout.TEST));
        if (users.count() != manifest.users()
                || items.count() != manifest.items()
                || train.count() != manifest.trainEvents()
                || test.count() != manifest.testEvents()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "files of different data sets: folder=%s, users=%d of %d, items=%d of %d,"
                            + " train=%d of %d, test=%d of %d; make it again",
                    path,
                    users.count(),
                    manifest.users(),
                    items.count(),
                    manifest.items(),
                    train.count(),
                    manifest.trainEvents(),
                    test.count(),
                    manifest.testEvents());
        }
        if (!train.labels().equals(test.labels())) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "files of different data sets: folder=%s, labels to train on=%s, to test on=%s;"
                            + " make it again",
                    path,
                    train.labels(),
                    test.labels());
        }
        checkFiles();
    }

    /**
     * Opens a data set and checks every file of it.
     *
     * @param path its folder.
     * @return the data set.
     * @throws MillraceException when the folder is no data set, or one of its files is damaged or
     *     of another data set.
     */
    public static Dataset open(Path path) {
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            return new Dataset(path, open);
        } catch (MillraceException e) {
            closeAll(open);
            throw e;
        }
    }

    /**
     * Reads what a folder says of itself, without opening the rest.
     *
     * @param path the folder of a data set.
     * @return the manifest.
     */
    public static DatasetManifest readManifest(Path path) {
        if (!Files.isDirectory(path)) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "no such data set: folder=%s; check the path, or make one with simulate or"
                            + " import",
                    path);
        }
        if (Files.notExists(path.resolve(DatasetLayout.MANIFEST))) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "not a data set: folder=%s has no %s; make one with simulate or import",
                    path,
                    DatasetLayout.MANIFEST);
        }
        return Json.read(path.resolve(DatasetLayout.MANIFEST), DatasetManifest.class);
    }

    /**
     * Where it stands.
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
    public DatasetManifest manifest() {
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
     * @return the rows; an impression's user is an index into them.
     */
    public RowTable users() {
        return users;
    }

    /**
     * Rows of the items.
     *
     * @return the rows; an impression's item is an index into them.
     */
    public RowTable items() {
        return items;
    }

    /**
     * What items can be filtered by: the raw values of their features, as the source had them where
     * the data set keeps them, else as far as rows tell them.
     *
     * @return a row for each item, in the order of {@link #items}; to be closed by the caller.
     * @throws MillraceException CORRUPT_FILE when the file is damaged, MISMATCH when it is of
     *     another data set.
     */
    public AttributeTable openAttributes() {
        if (!manifest.files().containsKey(DatasetLayout.ATTRIBUTES)) {
            return ItemAttributes.ofRows(schema, items);
        }
        Path file = path.resolve(DatasetLayout.ATTRIBUTES);
        AttributeTable table = AttributeFile.open(file);
        if (table.rows() != items.count()) {
            int rows = table.rows();
            table.close();
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "attributes of another data set: file=%s, rows=%d, items=%d; make it again",
                    file,
                    rows,
                    items.count());
        }
        return table;
    }

    /**
     * Impressions to train on.
     *
     * @return in the order of time.
     */
    public InteractionTable train() {
        return train;
    }

    /**
     * Impressions to test on.
     *
     * @return in the order of time, of later days than those to train on.
     */
    public InteractionTable test() {
        return test;
    }

    /**
     * What may come of an impression.
     *
     * @return the click first; a ranker foretells each of them.
     */
    public List<Label> labels() {
        return train.labels();
    }

    /**
     * Whether users have histories, which retrieval learns from. A data set of impressions alone
     * has none: there is only a ranker to be trained on it.
     *
     * @return true when the user rows hold what was watched.
     */
    public boolean hasHistories() {
        return schema.hasField(WATCHED);
    }

    @Override
    public void close() {
        closeAll(open);
    }

    /** Each file guards itself; this finds those that are whole but of another data set. */
    private void checkFiles() {
        List<String> required = new ArrayList<>(REQUIRED);
        if (schema.hasRates()) {
            required.add(DatasetLayout.COUNTERS);
        }
        for (String name : required) {
            if (!manifest.files().containsKey(name)) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "file not in the manifest: folder=%s, file=%s; make the data set again",
                        path,
                        name);
            }
        }
        manifest.files()
                .forEach(
                        (name, expected) -> {
                            String actual = DatasetWriter.checksum(path.resolve(name));
                            if (!actual.equals(expected)) {
                                throw MillraceException.of(
                                        ErrorCode.MISMATCH,
                                        "file of another data set: file=%s, checksum=%s,"
                                                + " manifest=%s; make the data set again",
                                        path.resolve(name),
                                        actual,
                                        expected);
                            }
                        });
    }

    private InteractionTable openEvents(String name) {
        return InteractionTable.open(path.resolve(name), schema, users.count(), items.count());
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
                throw new MillraceException(ErrorCode.INTERNAL, "cannot close a data set", e);
            }
        }
    }
}
