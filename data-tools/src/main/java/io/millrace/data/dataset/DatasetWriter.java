package io.millrace.data.dataset;

import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.file.Checksums;
import io.millrace.core.json.Json;
import io.millrace.index.attributes.AttributeFile;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowTable;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a data set's folder, whole or not at all.
 *
 * <p>Threading: one thread.
 */
public final class DatasetWriter implements AutoCloseable {
    private final AtomicDirectory directory;
    private final Map<String, String> checksums = new TreeMap<>();

    private DatasetWriter(AtomicDirectory directory) {
        this.directory = directory;
    }

    /**
     * Begins a data set.
     *
     * @param target its folder.
     * @param replace whether one that stands there may be replaced.
     * @return the writer.
     */
    public static DatasetWriter create(Path target, boolean replace) {
        return new DatasetWriter(AtomicDirectory.create(target, replace));
    }

    /**
     * Where a file of another kind is to be written, before {@link #seal} is called for it.
     *
     * @param name name of the file.
     * @return its path for now.
     */
    public Path resolve(String name) {
        return directory.resolve(name);
    }

    /**
     * Takes a written file into the manifest.
     *
     * @param name name of the file.
     */
    public void seal(String name) {
        checksums.put(name, checksum(directory.resolve(name)));
    }

    /** A file's checksum as the manifest has it. */
    static String checksum(Path file) {
        return String.format("%08x", Checksums.crc32c(file));
    }

    /**
     * Writes the schema.
     *
     * @param schema the declared features.
     */
    public void writeSchema(FeatureSchema schema) {
        schema.write(resolve(DatasetLayout.SCHEMA));
        seal(DatasetLayout.SCHEMA);
    }

    /**
     * Writes the rows of users or items.
     *
     * @param name {@link DatasetLayout#USERS} or {@link DatasetLayout#ITEMS}.
     * @param rows the rows.
     */
    public void writeRows(String name, RowTable rows) {
        rows.write(resolve(name));
        seal(name);
    }

    /**
     * Writes the raw values of the items' features.
     *
     * @param attributes a row for each item, in the order of their rows.
     */
    public void writeAttributes(AttributeTable attributes) {
        AttributeFile.write(attributes, resolve(DatasetLayout.ATTRIBUTES));
        seal(DatasetLayout.ATTRIBUTES);
    }

    /**
     * Writes impressions.
     *
     * @param name {@link DatasetLayout#TRAIN} or {@link DatasetLayout#TEST}.
     * @param events the impressions.
     */
    public void writeEvents(String name, InteractionTable.Builder events) {
        events.write(resolve(name));
        seal(name);
    }

    /**
     * Writes the manifest and lets the folder appear.
     *
     * @param name name for people.
     * @param kind kind of the data set.
     * @param counts users, items, train events, test events.
     * @param seed seed of a simulated world, or null.
     * @return the manifest.
     */
    public DatasetManifest commit(String name, String kind, Counts counts, @Nullable Long seed) {
        DatasetManifest manifest =
                new DatasetManifest(
                        DatasetManifest.FORMAT,
                        name,
                        kind,
                        counts.users(),
                        counts.items(),
                        counts.trainEvents(),
                        counts.testEvents(),
                        seed,
                        checksums);
        Json.writeAtomically(resolve(DatasetLayout.MANIFEST), manifest);
        directory.commit();
        return manifest;
    }

    @Override
    public void close() {
        directory.close();
    }

    /**
     * How much there is of everything.
     *
     * @param users count of users.
     * @param items count of items.
     * @param trainEvents count of impressions to train on.
     * @param testEvents count of impressions to test on.
     */
    public record Counts(long users, long items, long trainEvents, long testEvents) {}
}
