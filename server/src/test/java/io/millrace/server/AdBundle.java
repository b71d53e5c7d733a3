package io.millrace.server;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.json.Json;
import io.millrace.ranker.calibration.Calibration;
import io.millrace.ranker.calibration.HeadCalibrations;
import io.millrace.ranker.calibration.PlattCalibration;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.ValueEncoding;
import io.millrace.ranker.features.Vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A bundle of an untrained ranker alone, with a calibration: small, and the same each time. */
public final class AdBundle {
    public static final Calibration CALIBRATION = new PlattCalibration(1.7, -0.4);

    public static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "ads",
                    0,
                    List.of(
                            FeatureField.numeric(FeatureScope.ITEM, "shown", 1, 2)
                                    .withEncoding(ValueEncoding.LOG),
                            FeatureField.categorical(FeatureScope.ITEM, "site", 502)
                                    .withEncoding(ValueEncoding.HASHED),
                            FeatureField.categorical(FeatureScope.ITEM, "size", 5),
                            FeatureField.crossed(
                                    FeatureScope.ITEM, "site_size", List.of("site", "size"), 100),
                            FeatureField.weightedTags(FeatureScope.ITEM, "moods", 9, 3),
                            FeatureField.context("slot", 4, ContextSource.REQUEST, 0)),
                    Map.of("size", new Vocabulary(List.of("small", "medium", "large"))));

    private AdBundle() {}

    public static Path write(Path folder) throws IOException {
        return write(
                folder,
                RankerHeads.USUAL,
                HeadCalibrations.of(Map.of(RankerHeads.CLICK, CALIBRATION)),
                RankerHeads.CLICK);
    }

    /** The same with other heads, ordered by a formula over them. */
    public static Path write(
            Path folder, RankerHeads heads, HeadCalibrations calibrations, String formula)
            throws IOException {
        Files.createDirectories(folder);
        SCHEMA.write(folder.resolve(BundleLayout.SCHEMA));
        calibrations.write(folder.resolve(BundleLayout.CALIBRATION));
        TreeMap<String, String> parameters = new TreeMap<>();
        if (!formula.equals(RankerHeads.CLICK)) {
            parameters.put(BundleManifest.VALUE, formula);
        }
        try (DcnModel model = DcnModel.initial(SCHEMA, DcnShape.DEFAULT, heads, 3)) {
            model.save(folder.resolve(BundleLayout.RANKER));
        }
        Json.writeAtomically(
                folder.resolve(BundleLayout.MANIFEST),
                new BundleManifest(
                                BundleManifest.FORMAT,
                                "",
                                "ads",
                                "test",
                                "0000000000000000",
                                String.format("%016x", SCHEMA.fingerprint()),
                                0,
                                0,
                                0,
                                parameters,
                                new TreeMap<>(),
                                BundleManifest.describeRankerParts(folder))
                        .sealed());
        return folder;
    }
}
