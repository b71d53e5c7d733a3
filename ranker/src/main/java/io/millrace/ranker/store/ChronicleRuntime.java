package io.millrace.ranker.store;

import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.onoes.NullExceptionHandler;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.values.ValueModel;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;

/**
 * Sets Chronicle Map up once per process, before the first map: no analytics, no compiler at start.
 *
 * <p>Threading: any thread.
 */
final class ChronicleRuntime {
    /** Room for twice the planned rows before a segment needs a second tier. */
    static final int HEADROOM_FACTOR = 2;

    /** How far beyond the planned room a map may grow by tiers; then it is full. */
    private static final double MAX_BLOAT_FACTOR = 4;

    static {
        System.setProperty("chronicle.analytics.disable", "true");
        installMapState();
    }

    private ChronicleRuntime() {}

    static ChronicleMapBuilder<Long, byte[]> builder(String name, int rowBytes, long capacity) {
        return ChronicleMapBuilder.of(Long.class, byte[].class)
                .name(name)
                .entries(HEADROOM_FACTOR * capacity)
                .constantValueSizeBySample(new byte[rowBytes])
                .maxBloatFactor(MAX_BLOAT_FACTOR)
                .checksumEntries(true)
                .putReturnsNull(true)
                .removeReturnsNull(true)
                .skipCloseOnExitHook(true);
    }

    /**
     * Opens a map whose process was killed: entries whose checksum does not fit are thrown away,
     * locks are let go.
     */
    static ChronicleMap<Long, byte[]> recover(ChronicleMapBuilder<Long, byte[]> builder, Path file)
            throws IOException {
        // The warnings that recovery needs the file for itself are not news: the store's lock is
        // held.
        Jvm.setThreadLocalExceptionHandlers(null, NullExceptionHandler.NOTHING, null);
        try {
            return builder.recoverPersistedTo(file.toFile(), false, corruption -> {});
        } finally {
            Jvm.setThreadLocalExceptionHandlers(null, null, null);
        }
    }

    /**
     * Puts {@link MapState} where Chronicle Map keeps the class it generates. A version that keeps
     * it elsewhere generates its own: slower, and just as right.
     */
    private static void installMapState() {
        try {
            ValueModel model = ValueModel.acquire(VanillaGlobalMutableState.class);
            Field nativeClass = ValueModel.class.getDeclaredField("nativeClass");
            nativeClass.setAccessible(true);
            nativeClass.set(model, MapState.class);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return;
        }
    }
}
