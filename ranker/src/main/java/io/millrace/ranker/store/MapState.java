package io.millrace.ranker.store;

import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;

import org.jspecify.annotations.Nullable;

/**
 * The part of a map's header that changes, where Chronicle Map would else generate a class from
 * source and compile it at every start of the process, which takes over a second. Public only
 * because Chronicle Map makes it by reflection. The layout is that of the generated class:
 *
 * <pre>
 *   0        3                8                13               17              25
 *   | bulks  | free tier      | tiers in use   | segment headers | data size    |
 *   | uint24 | uint40         | uint40         | uint32          | int64        |
 * </pre>
 *
 * <p>Threading: as the map orders its accesses.
 */
public final class MapState implements VanillaGlobalMutableState {
    private static final int BULKS_OFFSET = 0;
    private static final int FREE_TIER_OFFSET = 3;
    private static final int TIERS_IN_USE_OFFSET = 8;
    private static final int SEGMENT_HEADERS_OFFSET = 13;
    private static final int DATA_SIZE_OFFSET = 17;
    private static final int LENGTH = 25;

    private static final int MASK_24 = (1 << 24) - 1;
    private static final long MASK_40 = (1L << 40) - 1;
    private static final long MASK_32 = (1L << 32) - 1;

    private @Nullable BytesStore<?, ?> store;
    private long start;

    /** A flyweight over nothing yet. */
    public MapState() {}

    @Override
    public int getAllocatedExtraTierBulks() {
        return store().readInt(start + BULKS_OFFSET) & MASK_24;
    }

    @Override
    public void setAllocatedExtraTierBulks(int bulks) {
        validate(bulks, MASK_24);
        int others = store().readInt(start + BULKS_OFFSET) & ~MASK_24;
        store().writeInt(start + BULKS_OFFSET, others | bulks);
    }

    @Override
    public long getFirstFreeTierIndex() {
        return store().readLong(start + FREE_TIER_OFFSET) & MASK_40;
    }

    @Override
    public void setFirstFreeTierIndex(long tier) {
        writeUint40(FREE_TIER_OFFSET, tier);
    }

    @Override
    public long getExtraTiersInUse() {
        return store().readLong(start + TIERS_IN_USE_OFFSET) & MASK_40;
    }

    @Override
    public void setExtraTiersInUse(long tiers) {
        writeUint40(TIERS_IN_USE_OFFSET, tiers);
    }

    @Override
    public long getSegmentHeadersOffset() {
        return store().readInt(start + SEGMENT_HEADERS_OFFSET) & MASK_32;
    }

    @Override
    public void setSegmentHeadersOffset(long offset) {
        validate(offset, MASK_32);
        store().writeInt(start + SEGMENT_HEADERS_OFFSET, (int) offset);
    }

    @Override
    public long getDataStoreSize() {
        return store().readLong(start + DATA_SIZE_OFFSET);
    }

    @Override
    public void setDataStoreSize(long size) {
        validate(size, Long.MAX_VALUE);
        store().writeLong(start + DATA_SIZE_OFFSET, size);
    }

    @Override
    public long addDataStoreSize(long addition) {
        long size = getDataStoreSize() + addition;
        setDataStoreSize(size);
        return size;
    }

    @Override
    @SuppressWarnings("rawtypes") // Byteable is declared so.
    public void bytesStore(BytesStore bytesStore, long offset, long length) {
        if (length != LENGTH) {
            throw new IllegalArgumentException("length=" + length);
        }
        store = bytesStore;
        start = offset;
    }

    @Override
    public @Nullable BytesStore<?, ?> bytesStore() {
        return store;
    }

    @Override
    public long offset() {
        return start;
    }

    @Override
    public long maxSize() {
        return LENGTH;
    }

    private void writeUint40(int offset, long value) {
        validate(value, MASK_40);
        long others = store().readLong(start + offset) & ~MASK_40;
        store().writeLong(start + offset, others | value);
    }

    private BytesStore<?, ?> store() {
        BytesStore<?, ?> wrapped = store;
        if (wrapped == null) {
            throw new IllegalStateException("a map's state is read before it is mapped");
        }
        return wrapped;
    }

    private static void validate(long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException("value=" + value + ", limit=" + max);
        }
    }
}
