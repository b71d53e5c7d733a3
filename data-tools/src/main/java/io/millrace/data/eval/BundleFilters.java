package io.millrace.data.eval;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.MillraceException;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.index.attributes.AttributeFile;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.predicate.Predicate;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Which items of a bundle filters accept, to judge answers to requests that brought one.
 *
 * <p>Threading: one thread. The sets are not changed once they are made, so any may read them.
 */
public final class BundleFilters implements AutoCloseable {
    private final AttributeTable attributes;
    private final Map<String, OrdinalBitSet> accepted = new HashMap<>();

    private BundleFilters(AttributeTable attributes) {
        this.attributes = attributes;
    }

    /**
     * Opens the attributes of a bundle.
     *
     * @param bundle the bundle that is served.
     * @return its filters, to be closed by the caller.
     * @throws MillraceException USAGE when it has no attributes, CORRUPT_FILE when they are
     *     damaged.
     */
    public static BundleFilters open(OfflineBundle bundle) {
        if (!bundle.manifest().files().containsKey(BundleLayout.ATTRIBUTES)) {
            throw MillraceException.usage(
                    "bundle has no attributes to filter by: %s; build it again, without"
                            + " --no-attributes",
                    bundle.path());
        }
        Path file = bundle.path().resolve(BundleLayout.ATTRIBUTES);
        return new BundleFilters(AttributeFile.open(file));
    }

    /**
     * The items that a filter accepts.
     *
     * @param filter a predicate over their attributes.
     * @return their ordinals, of as many as the index has; not to be changed.
     * @throws MillraceException BAD_INPUT when the filter is not understood.
     */
    public OrdinalBitSet accepted(String filter) {
        return accepted.computeIfAbsent(filter, this::evaluate);
    }

    private OrdinalBitSet evaluate(String filter) {
        Predicate predicate = Predicate.compile(filter, attributes.schema());
        OrdinalBitSet items = new OrdinalBitSet(attributes.rows());
        FilterPlan.of(predicate, attributes).fillInto(items);
        return items;
    }

    @Override
    public void close() {
        attributes.close();
    }
}
