package io.millrace.ranker.dcn;

import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.model.DenseLayer;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Files of every version, written once and kept. */
final class DcnModelFileTest {
    private static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "golden",
                    0,
                    List.of(
                            FeatureField.categorical(FeatureScope.USER, "user_id", 5, "user"),
                            FeatureField.categorical(FeatureScope.ITEM, "item_id", 6, "item"),
                            FeatureField.numeric(FeatureScope.ITEM, "length", 2, 0.5f)),
                    Map.of());
    private static final DcnShape SHAPE = new DcnShape(2, 1, 0, DcnStructure.PARALLEL, List.of(3));

    @Test
    void write() {
        try (DcnModel model = DcnModel.initial(SCHEMA, SHAPE, 1)) {
            fill(model);
            model.save(Path.of("/tmp/ranker-2.section"));
        }
    }

    private static void fill(DcnModel model) {
        model.input().tables().values().forEach(table -> table.fillGaussian(0, 1));
        for (DenseLayer layer : model.network().layers()) {
            for (int i = 0; i < layer.weights().length; i++) {
                layer.weights()[i] = (i % 7 - 3) / 8f;
            }
            for (int i = 0; i < layer.bias().length; i++) {
                layer.bias()[i] = (i + 1) / 4f;
            }
            layer.repack();
        }
    }
}
