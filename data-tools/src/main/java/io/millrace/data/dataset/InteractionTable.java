package io.millrace.data.dataset;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * Impressions in the order of time: who was shown what, when, in which context, how the item was
 * doing by then, and what came of it.
 *
 * <p>Threading: may be read from any thread until it is closed; a builder may be filled by several
 * threads at different indexes.
 */
public final class InteractionTable implements AutoCloseable {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long MS_PER_DAY = 86_400_000;

    private final SectionFile file;
    private final MemorySegment users;
    private final MemorySegment items;
    private final MemorySegment timestamps;
    private final MemorySegment labels;
    private final MemorySegment watches;
    private final MemorySegment contexts;
    private final MemorySegment impressions;
    private final List<Label> declared;
    private final long count;
    private final int contextBytes;
    private final int impressionBytes;
    private final long utcOffsetMs;

    private InteractionTable(SectionFile file, FeatureSchema schema) {
        this.file = file;
        this.users = file.section(InteractionLayout.USER);
        this.items = file.section(InteractionLayout.ITEM);
        this.timestamps = file.section(InteractionLayout.TIMESTAMP);
        this.labels = file.section(InteractionLayout.LABELS);
        this.watches = file.section(InteractionLayout.WATCH);
        this.contexts = file.section(InteractionLayout.CONTEXT);
        this.impressions =
                schema.hasRates() ? file.section(InteractionLayout.IMPRESSION) : MemorySegment.NULL;
        this.declared = Label.read(file);
        this.count = labels.byteSize();
        this.contextBytes = schema.layout(FeatureScope.CONTEXT).rowBytes();
        this.impressionBytes = schema.layout(FeatureScope.IMPRESSION).rowBytes();
        this.utcOffsetMs = schema.utcOffsetMinutes() * 60_000L;
    }

    /**
     * Opens and checks a file of impressions.
     *
     * @param path the file.
     * @param schema what its rows hold, and local time for {@link #day}.
     * @param userCount rows there are of users.
     * @param itemCount rows there are of items.
     * @return the table.
     * @throws MillraceException when it is damaged, of another schema, names users or items that do
     *     not exist, or is not in the order of time.
     */
    public static InteractionTable open(
            Path path, FeatureSchema schema, long userCount, long itemCount) {
        SectionFile file = SectionFile.map(path, InteractionLayout.KIND, InteractionLayout.VERSION);
        try {
            InteractionTable table = new InteractionTable(file, schema);
            table.check(path, schema, userCount, itemCount);
            return table;
        } catch (MillraceException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Begins a table of a known number of impressions with the usual labels.
     *
     * @param count how many.
     * @param schema what the rows hold.
     * @return the builder.
     */
    public static Builder builder(long count, FeatureSchema schema) {
        return builder(count, schema, Label.USUAL);
    }

    /**
     * Begins a table of a known number of impressions.
     *
     * @param count how many.
     * @param schema what the rows hold.
     * @param labels what may come of them, the click first, in the order of their bits.
     * @return the builder.
     */
    public static Builder builder(long count, FeatureSchema schema, List<Label> labels) {
        return new Builder(count, schema, labels);
    }

    /**
     * What may come of the impressions.
     *
     * @return the click first, in the order of their bits.
     */
    public List<Label> labels() {
        return declared;
    }

    /**
     * How many impressions.
     *
     * @return the count.
     */
    public long count() {
        return count;
    }

    /**
     * Who it was shown to.
     *
     * @param index index of the impression.
     * @return row of the user.
     */
    public int user(long index) {
        return users.get(RowLayout.INT, index * Integer.BYTES);
    }

    /**
     * What was shown.
     *
     * @param index index of the impression.
     * @return row of the item, its ordinal.
     */
    public int item(long index) {
        return items.get(RowLayout.INT, index * Integer.BYTES);
    }

    /**
     * When it was shown.
     *
     * @param index index of the impression.
     * @return milliseconds since 1970 UTC.
     */
    public long timestampMs(long index) {
        return timestamps.get(LONG, index * Long.BYTES);
    }

    /**
     * The local day it was shown on.
     *
     * @param index index of the impression.
     * @return days since 1970.
     */
    public int day(long index) {
        return (int) Math.floorDiv(timestampMs(index) + utcOffsetMs, MS_PER_DAY);
    }

    /**
     * Whether it was clicked.
     *
     * @param index index of the impression.
     * @return the label.
     */
    public boolean isClick(long index) {
        return Label.CLICK.holds(this, index);
    }

    /**
     * Whether it was watched for long.
     *
     * @param index index of the impression.
     * @return the label.
     */
    public boolean isLongView(long index) {
        return Label.LONG_VIEW.holds(this, index);
    }

    /**
     * Whether it was liked.
     *
     * @param index index of the impression.
     * @return the label.
     */
    public boolean isLike(long index) {
        return Label.LIKE.holds(this, index);
    }

    /**
     * How much of it was watched.
     *
     * @param index index of the impression.
     * @return watched time by duration; may exceed 1.
     */
    public float watchRatio(long index) {
        return watches.get(RowLayout.FLOAT, index * Float.BYTES);
    }

    /**
     * Memory of the context rows.
     *
     * @return the segment {@link #contextOffset} points into.
     */
    public MemorySegment contextSegment() {
        return contexts;
    }

    /**
     * Where the context row of an impression begins.
     *
     * @param index index of the impression.
     * @return byte offset into {@link #contextSegment}.
     */
    public long contextOffset(long index) {
        return index * contextBytes;
    }

    /**
     * Memory of the impression rows.
     *
     * @return the segment {@link #impressionOffset} points into; empty where the schema declares no
     *     rates.
     */
    public MemorySegment impressionSegment() {
        return impressions;
    }

    /**
     * Where the impression row of an impression begins.
     *
     * @param index index of the impression.
     * @return byte offset into {@link #impressionSegment}.
     */
    public long impressionOffset(long index) {
        return index * impressionBytes;
    }

    /**
     * Copies the impression row of an impression; nothing where the schema declares no rates.
     *
     * @param index index of the impression.
     * @param target memory that takes it.
     * @param offset where the copy begins, in bytes.
     */
    public void copyImpression(long index, MemorySegment target, long offset) {
        if (impressions.byteSize() > 0) {
            MemorySegment.copy(
                    impressions, impressionOffset(index), target, offset, impressionBytes);
        }
    }

    @Override
    public void close() {
        file.close();
    }

    /** The bits of all labels, as they were set. */
    int labelBits(long index) {
        return labels.get(ValueLayout.JAVA_BYTE, index);
    }

    private void check(Path path, FeatureSchema schema, long userCount, long itemCount) {
        checkLength(path, InteractionLayout.USER, users, Integer.BYTES);
        checkLength(path, InteractionLayout.ITEM, items, Integer.BYTES);
        checkLength(path, InteractionLayout.TIMESTAMP, timestamps, Long.BYTES);
        checkLength(path, InteractionLayout.WATCH, watches, Float.BYTES);
        checkRows(path, "context", contexts, contextBytes);
        if (schema.hasRates()) {
            checkRows(path, "impression", impressions, impressionBytes);
        }
        long previousMs = Long.MIN_VALUE;
        for (long i = 0; i < count; i++) {
            if (user(i) < 0 || user(i) >= userCount || item(i) < 0 || item(i) >= itemCount) {
                throw MillraceException.corrupt(
                        path,
                        "impression of nobody or nothing: index=%d, user=%d of %d, item=%d of %d",
                        i,
                        user(i),
                        userCount,
                        item(i),
                        itemCount);
            }
            if (timestampMs(i) < previousMs) {
                throw MillraceException.corrupt(path, "impressions out of order: index=%d", i);
            }
            previousMs = timestampMs(i);
            checkRow(path, schema.layout(FeatureScope.CONTEXT), contexts, contextOffset(i), i);
            if (schema.hasRates()) {
                RowLayout layout = schema.layout(FeatureScope.IMPRESSION);
                checkRow(path, layout, impressions, impressionOffset(i), i);
            }
        }
    }

    private void checkRows(Path path, String what, MemorySegment rows, int rowBytes) {
        if (rows.byteSize() != count * rowBytes) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "%s rows of another schema: file=%s, length=%d bytes, expected=%d; make"
                            + " the data set again",
                    what,
                    path,
                    rows.byteSize(),
                    count * rowBytes);
        }
    }

    private static void checkRow(
            Path path, RowLayout layout, MemorySegment rows, long offset, long index) {
        int bad = layout.firstBadField(rows, offset);
        if (bad >= 0) {
            throw MillraceException.corrupt(
                    path,
                    "value out of range: index=%d, field=%s",
                    index,
                    layout.fields().get(bad).name());
        }
    }

    private void checkLength(Path path, String name, MemorySegment column, int elementBytes) {
        if (column.byteSize() != count * elementBytes) {
            throw MillraceException.corrupt(
                    path,
                    "columns differ in length: column=%s, elements=%d, expected=%d",
                    name,
                    column.byteSize() / elementBytes,
                    count);
        }
    }

    /** Columns in memory, to be filled at any index and written once. */
    public static final class Builder implements AutoCloseable {
        private final DirectMemory users;
        private final DirectMemory items;
        private final DirectMemory timestamps;
        private final DirectMemory labels;
        private final DirectMemory watches;
        private final DirectMemory contexts;
        private final DirectMemory impressions;
        private final int contextBytes;
        private final int impressionBytes;
        private final boolean hasRates;
        private final List<Label> declared;
        private final long count;

        private Builder(long count, FeatureSchema schema, List<Label> labels) {
            Label.headsOf(labels);
            this.declared = List.copyOf(labels);
            this.count = count;
            this.contextBytes = schema.layout(FeatureScope.CONTEXT).rowBytes();
            this.impressionBytes = schema.layout(FeatureScope.IMPRESSION).rowBytes();
            this.hasRates = schema.hasRates();
            this.users = DirectMemory.allocate(count * Integer.BYTES);
            this.items = DirectMemory.allocate(count * Integer.BYTES);
            this.timestamps = DirectMemory.allocate(count * Long.BYTES);
            this.labels = DirectMemory.allocate(count);
            this.watches = DirectMemory.allocate(count * Float.BYTES);
            this.contexts = DirectMemory.allocate(count * contextBytes);
            this.impressions = DirectMemory.allocate(hasRates ? count * impressionBytes : 0);
        }

        /**
         * Sets who was shown what, and when.
         *
         * @param index index of the impression; times must not fall with it.
         * @param user row of the user.
         * @param item row of the item.
         * @param timestampMs milliseconds since 1970 UTC.
         */
        public void setImpression(long index, int user, int item, long timestampMs) {
            users.segment().set(RowLayout.INT, index * Integer.BYTES, user);
            items.segment().set(RowLayout.INT, index * Integer.BYTES, item);
            timestamps.segment().set(LONG, index * Long.BYTES, timestampMs);
        }

        /**
         * Sets what came of it.
         *
         * @param index index of the impression.
         * @param isClick whether it was clicked.
         * @param isLongView whether it was watched for long.
         * @param isLike whether it was liked.
         * @param watchRatio watched time by duration.
         */
        public void setOutcome(
                long index, boolean isClick, boolean isLongView, boolean isLike, float watchRatio) {
            setOutcome(
                    index,
                    (isClick ? Label.CLICK.mask() : 0)
                            | (isLongView ? Label.LONG_VIEW.mask() : 0)
                            | (isLike ? Label.LIKE.mask() : 0),
                    watchRatio);
        }

        /**
         * Sets what came of it.
         *
         * @param index index of the impression.
         * @param labelBits the masks of all labels that came.
         * @param watchRatio watched time by duration.
         */
        public void setOutcome(long index, int labelBits, float watchRatio) {
            labels.segment().set(ValueLayout.JAVA_BYTE, index, (byte) labelBits);
            watches.segment().set(RowLayout.FLOAT, index * Float.BYTES, watchRatio);
        }

        /**
         * Memory of the context rows, to be written in place.
         *
         * @return the segment {@link #contextOffset} points into.
         */
        public MemorySegment contextSegment() {
            return contexts.segment();
        }

        /**
         * Where the context row of an impression begins.
         *
         * @param index index of the impression.
         * @return byte offset into {@link #contextSegment}.
         */
        public long contextOffset(long index) {
            return index * contextBytes;
        }

        /**
         * Memory of the impression rows, to be written in place.
         *
         * @return the segment {@link #impressionOffset} points into; empty where the schema
         *     declares no rates.
         */
        public MemorySegment impressionSegment() {
            return impressions.segment();
        }

        /**
         * Where the impression row of an impression begins.
         *
         * @param index index of the impression.
         * @return byte offset into {@link #impressionSegment}.
         */
        public long impressionOffset(long index) {
            return index * impressionBytes;
        }

        /**
         * How many impressions.
         *
         * @return the count given at the beginning.
         */
        public long count() {
            return count;
        }

        /**
         * Writes the file.
         *
         * @param path where to.
         */
        public void write(Path path) {
            try (SectionFileWriter writer =
                    SectionFileWriter.create(
                            path, InteractionLayout.KIND, InteractionLayout.VERSION)) {
                writer.section(InteractionLayout.USER, users.segment())
                        .section(InteractionLayout.ITEM, items.segment())
                        .section(InteractionLayout.TIMESTAMP, timestamps.segment())
                        .section(InteractionLayout.LABELS, labels.segment())
                        .section(InteractionLayout.WATCH, watches.segment())
                        .section(InteractionLayout.CONTEXT, contexts.segment());
                if (hasRates) {
                    writer.section(InteractionLayout.IMPRESSION, impressions.segment());
                }
                Label.write(declared, writer);
                writer.commit();
            }
        }

        @Override
        public void close() {
            users.close();
            items.close();
            timestamps.close();
            labels.close();
            watches.close();
            contexts.close();
            impressions.close();
        }
    }
}
