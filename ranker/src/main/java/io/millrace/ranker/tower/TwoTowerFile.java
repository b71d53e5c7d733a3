package io.millrace.ranker.tower;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.model.EmbeddingTables;
import io.millrace.ranker.model.LayerSource;
import io.millrace.ranker.model.WeightType;
import io.millrace.ranker.model.Weights;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The file of a {@link TwoTowerModel}: section file of kind {@code TWOTOWER}: {@code shape}
 * (dimension, hidden, feature dimension), {@code schema} (fingerprint), {@code temperature}, the
 * {@link EmbeddingTables}, {@code query.*} and {@code item.*} weights.
 *
 * <p>What {@code shape} says is believed as far as the other sections bear it out: nothing is asked
 * memory for before the file was seen to hold as many numbers.
 *
 * <p>Threading: any thread.
 */
final class TwoTowerFile {
    private static final String KIND = "TWOTOWER";
    private static final int VERSION = 1;
    private static final String SHAPE = "shape";
    private static final String TEMPERATURE = "temperature";
    private static final int SIZES = 3;

    private TwoTowerFile() {}

    /** Reads a model of a schema. */
    static TwoTowerModel read(Path path, FeatureSchema schema) {
        SectionFile file = SectionFile.open(path, KIND, VERSION);
        try {
            Weights.requireSchema(file, schema, "towers", "train them again");
            TowerShape shape = readShape(file);
            EmbeddingTables embeddings =
                    EmbeddingTables.read(file, new TowerFeatures(schema).tableSizes(shape));
            TwoTowerModel model =
                    new TwoTowerModel(schema, shape, embeddings, LayerSource.of(file));
            model.setTemperature(readTemperature(file));
            return model;
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static TowerShape readShape(SectionFile file) {
        int[] sizes = file.readInts(SHAPE);
        if (sizes.length != SIZES) {
            throw badSizes(file, sizes);
        }
        try {
            return new TowerShape(sizes[0], sizes[1], sizes[2]);
        } catch (MillraceException e) {
            // The record blames the caller's choice; here it is the file that is wrong.
            throw badSizes(file, sizes);
        }
    }

    private static MillraceException badSizes(SectionFile file, int[] sizes) {
        return MillraceException.corrupt(
                file.path(), "bad sizes of the towers: sizes=%s", Arrays.toString(sizes));
    }

    private static float readTemperature(SectionFile file) {
        float[] trained = {0};
        Weights.copy(file, TEMPERATURE, MemorySegment.ofArray(trained));
        if (!(trained[0] > 0)) {
            throw MillraceException.corrupt(
                    file.path(), "temperature not above 0: temperature=%s", trained[0]);
        }
        return trained[0];
    }

    /** Writes a model with embeddings of a type. */
    static void write(TwoTowerModel model, Path path, WeightType type) {
        TowerShape shape = model.shape();
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.ints(
                    SHAPE, new int[] {shape.dimension(), shape.hidden(), shape.featureDimension()});
            writer.longs("schema", new long[] {model.schemaFingerprint()});
            writer.floats(TEMPERATURE, new float[] {model.temperature()});
            model.embeddings().write(writer, type);
            model.queryNetwork().write(writer, TwoTowerModel.QUERY);
            model.itemNetwork().write(writer, TwoTowerModel.ITEM);
            writer.commit();
        }
    }
}
