package io.millrace.server;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.server.Frames.Column;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Columns of candidates that have the features of items of a bundle. */
final class ItemColumns {
    private final TinyBundle tiny;
    private final RowTable rows;

    private ItemColumns(TinyBundle tiny, RowTable rows) {
        this.tiny = tiny;
        this.rows = rows;
    }

    /** Columns of the rows of items as the bundle's file has them. */
    static List<Column> of(TinyBundle tiny, Path bundle, Collection<Integer> ordinals) {
        RowLayout layout = tiny.schema().layout(FeatureScope.ITEM);
        try (RowTable rows = RowTable.open(bundle.resolve(BundleLayout.ITEMS), layout)) {
            return new ItemColumns(tiny, rows).of(ordinals);
        }
    }

    private List<Column> of(Collection<Integer> ordinals) {
        double[] items = new double[ordinals.size()];
        double[] creators = new double[ordinals.size()];
        double[] durations = new double[ordinals.size()];
        double[][] tags = new double[3][ordinals.size()];
        int at = 0;
        for (int ordinal : ordinals) {
            items[at] = id(ordinal, "item", 0);
            creators[at] = id(ordinal, "creator", 0);
            int count = id(ordinal, "tags", 0);
            for (int i = 0; i < tags.length; i++) {
                tags[i][at] = i < count ? id(ordinal, "tags", i + 1) : Double.NaN;
            }
            durations[at] = rows.segment().get(RowLayout.FLOAT, slotAt(ordinal, "duration", 0));
            at++;
        }
        return List.of(
                Column.of("tags", tags[0]),
                Column.of("duration", durations),
                Column.of("tags", tags[1]),
                Column.of("item", items),
                Column.of("creator", creators),
                Column.of("tags", tags[2]));
    }

    private int id(int ordinal, String field, int slot) {
        return rows.segment().get(RowLayout.INT, slotAt(ordinal, field, slot));
    }

    private long slotAt(int ordinal, String field, int slot) {
        int first = rows.layout().slotOf(tiny.schema().field(field));
        return rows.offset(ordinal) + 4L * (first + slot);
    }
}
