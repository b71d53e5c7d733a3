package io.millrace.server.funnel.scoring;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowTable;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * What a bundle has to rank with, as it was built: opened before anything is kept for the bundle,
 * so that a damaged one leaves nothing behind.
 *
 * <p>Threading: any thread. Ownership: closes what it opened.
 */
public final class BundledModels implements AutoCloseable {
    private final BundledModel full;
    private final @Nullable BundledModel light;

    private BundledModels(BundledModel full, @Nullable BundledModel light) {
        this.full = full;
        this.light = light;
    }

    /**
     * Opens what a bundle has.
     *
     * @param bundle its directory
     * @param manifest what it says of itself
     * @param schema the declared features
     * @param itemRows the items as they were when the bundle was built
     * @param room for how many items that come later
     * @return the ranker, and the light one where there is one
     * @throws MillraceException when a file is damaged or belongs to another bundle
     */
    public static BundledModels open(
            Path bundle,
            BundleManifest manifest,
            FeatureSchema schema,
            RowTable itemRows,
            int room) {
        BundledModel full =
                BundledModel.open(
                        bundle,
                        manifest,
                        BundleLayout.RANKER,
                        BundleLayout.ITEM_HALVES,
                        schema,
                        itemRows,
                        room);
        if (!manifest.files().containsKey(BundleLayout.LIGHT_RANKER)) {
            return new BundledModels(full, null);
        }
        try {
            BundledModel light =
                    BundledModel.open(
                            bundle,
                            manifest,
                            BundleLayout.LIGHT_RANKER,
                            BundleLayout.LIGHT_HALVES,
                            schema,
                            itemRows,
                            room);
            return new BundledModels(full, light);
        } catch (Throwable t) {
            full.close();
            throw t;
        }
    }

    BundledModel full() {
        return full;
    }

    @Nullable BundledModel light() {
        return light;
    }

    @Override
    public void close() {
        if (light != null) {
            light.close();
        }
        full.close();
    }
}
