package io.millrace.server.funnel.attributes;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.attributes.AttributeFile;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.server.metrics.Gauge;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/**
 * The attributes of the items that are served: those of the bundle, with room for items that come
 * later.
 *
 * <p>Threading: one thread changes, any thread reads. Ownership: owns the table.
 */
public final class ServedAttributes implements AutoCloseable {
    private final AttributeTable table;
    private final int items;
    private final AttributeChanges changes;

    private ServedAttributes(AttributeTable table, int items, FeatureSchema schema) {
        this.table = table;
        this.items = items;
        changes = new AttributeChanges(table, schema);
    }

    /**
     * Opens the attributes of a bundle.
     *
     * @param bundle its folder
     * @param manifest says whether it has some
     * @param schema the declared features
     * @param room for how many items that come later
     * @return null where the bundle has none
     * @throws MillraceException CORRUPT_FILE when the file is damaged, MISMATCH when it is of
     *     another bundle
     */
    public static @Nullable ServedAttributes open(
            Path bundle, BundleManifest manifest, FeatureSchema schema, int room) {
        if (!manifest.files().containsKey(BundleLayout.ATTRIBUTES)) {
            return null;
        }
        Path file = bundle.resolve(BundleLayout.ATTRIBUTES);
        AttributeTable table = AttributeFile.open(file, room);
        try {
            int items = table.rows() - room;
            if (items != manifest.items()) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "attributes of another bundle: file=%s, rows=%d, items=%d; build it again",
                        file,
                        items,
                        manifest.items());
            }
            return new ServedAttributes(table, items, schema);
        } catch (RuntimeException | Error e) {
            table.close();
            throw e;
        }
    }

    /**
     * The values, by ordinal.
     *
     * @return a row for each item of the index, and behind them one for each that may come later
     */
    public AttributeTable table() {
        return table;
    }

    /**
     * How many of the rows are of items of the index.
     *
     * @return the first of them
     */
    public int items() {
        return items;
    }

    /**
     * What brings changes of items in.
     *
     * @return the same each time, for one thread
     */
    public AttributeChanges changes() {
        return changes;
    }

    /**
     * How many attributes there are, and what they take.
     *
     * @return as of now
     */
    public List<Gauge> gauges() {
        return List.of(
                Gauge.of(
                        "item_attributes",
                        "Attributes of items that requests may filter by.",
                        table.schema().attributes().size()),
                Gauge.of(
                        "item_attribute_bytes",
                        "Memory of their values, off heap.",
                        (double) table.bytes()));
    }

    @Override
    public void close() {
        table.close();
    }
}
