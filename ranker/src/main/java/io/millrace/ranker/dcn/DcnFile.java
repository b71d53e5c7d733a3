package io.millrace.ranker.dcn;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.model.EmbeddingTables;
import io.millrace.ranker.model.LayerSource;
import io.millrace.ranker.model.SequenceAttention;
import io.millrace.ranker.model.SequenceMatch;
import io.millrace.ranker.model.WeightType;
import io.millrace.ranker.model.Weights;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The file of a {@link DcnModel}: section file of kind {@code DCNV2}: {@code shape} (embedding,
 * cross layers, rank, experts, structure, then the units of each deep layer), {@code schema}
 * (fingerprint), {@code attention} (only where it attends: logarithm of the scale of each attended
 * sequence), {@code rates} (only where it takes rates: how many), {@code match} and {@code
 * match.scale} (only where it matches candidates with sequences: components of the items' vectors,
 * which are a table of their own behind the others; mean and deviation of each sequence), {@code
 * heads} (only where those are not click and long view, in files of version 3: their names, a line
 * each), the {@link EmbeddingTables}, {@code cross.N.v.*} (only with a rank), {@code cross.N.c.K.*}
 * (only with experts), {@code cross.N.*}, {@code deep.N.*}, {@code head.*}.
 *
 * <p>What {@code shape} says is believed as far as the other sections bear it out: nothing is asked
 * memory for before the file was seen to hold as many numbers.
 *
 * <p>Threading: any thread.
 */
final class DcnFile {
    private static final String KIND = "DCNV2";
    private static final int VERSION = 3;
    private static final int VERSION_OF_USUAL_HEADS = 2;
    private static final String SHAPE = "shape";
    private static final String ATTENTION = "attention";
    private static final String RATES = "rates";
    private static final String MATCH = "match";
    private static final String MATCH_SCALE = MATCH + ".scale";
    private static final int MOST_MATCH_DIMENSION = 4_096;
    private static final int FIXED_SIZES = 5;

    private DcnFile() {}

    /** Reads a model of a schema. */
    static DcnModel read(Path path, FeatureSchema schema) {
        SectionFile file = SectionFile.open(path, KIND, VERSION);
        try {
            Weights.requireSchema(file, schema, "ranker", "train it again");
            boolean isSeparable =
                    lacks(file, ATTENTION, !RankerInput.attended(schema).isEmpty())
                            || lacks(file, RATES, schema.hasRates());
            DcnShape shape = readShape(file, isSeparable);
            RankerHeads heads = RankerHeads.read(file);
            EmbeddingTables embeddings =
                    EmbeddingTables.read(file, DcnModel.sizes(schema, shape, matchDimension(file)));
            DcnModel model = new DcnModel(schema, shape, heads, embeddings, LayerSource.of(file));
            readMatches(file, model.input().matches());
            readAttentions(file, model.input().attentions());
            return model;
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** Whether it was made without what the schema declares. */
    private static boolean lacks(SectionFile file, String section, boolean isDeclared) {
        return isDeclared && !file.names().contains(section);
    }

    private static DcnShape readShape(SectionFile file, boolean isSeparable) {
        int[] sizes = file.readInts(SHAPE);
        if (sizes.length < FIXED_SIZES) {
            throw badSizes(file, sizes);
        }
        DcnStructure structure =
                Arrays.stream(DcnStructure.values())
                        .filter(each -> each.code() == sizes[4])
                        .findFirst()
                        .orElseThrow(() -> badSizes(file, sizes));
        List<Integer> deep = new ArrayList<>();
        for (int i = FIXED_SIZES; i < sizes.length; i++) {
            deep.add(sizes[i]);
        }
        try {
            return new DcnShape(
                    sizes[0], sizes[1], sizes[2], sizes[3], structure, isSeparable, deep);
        } catch (MillraceException e) {
            // The record blames the caller's choice; here it is the file that is wrong.
            throw badSizes(file, sizes);
        }
    }

    private static MillraceException badSizes(SectionFile file, int[] sizes) {
        return MillraceException.corrupt(
                file.path(), "bad sizes of the ranker: sizes=%s", Arrays.toString(sizes));
    }

    private static int matchDimension(SectionFile file) {
        if (!file.names().contains(MATCH)) {
            return 0;
        }
        int[] sizes = file.readInts(MATCH);
        if (sizes.length != 1 || sizes[0] < 1 || sizes[0] > MOST_MATCH_DIMENSION) {
            throw MillraceException.corrupt(
                    file.path(), "bad size of the matches: sizes=%s", Arrays.toString(sizes));
        }
        return sizes[0];
    }

    private static void readMatches(SectionFile file, List<SequenceMatch> matches) {
        if (matches.isEmpty()) {
            return;
        }
        float[] scales = new float[2 * matches.size()];
        Weights.copy(file, MATCH_SCALE, MemorySegment.ofArray(scales));
        for (int i = 0; i < matches.size(); i++) {
            float deviation = scales[2 * i + 1];
            if (!(deviation > 0)) {
                throw MillraceException.corrupt(
                        file.path(),
                        "bad deviation of a match: index=%d, deviation=%s",
                        i,
                        deviation);
            }
            matches.get(i).standardise(scales[2 * i], deviation);
        }
    }

    private static void readAttentions(SectionFile file, List<SequenceAttention> attentions) {
        if (attentions.isEmpty()) {
            return;
        }
        float[] logScales = new float[attentions.size()];
        Weights.copy(file, ATTENTION, MemorySegment.ofArray(logScales));
        for (int i = 0; i < logScales.length; i++) {
            attentions.get(i).logScale()[0] = logScales[i];
        }
    }

    /** Writes a model with embeddings of a type. */
    static void write(DcnModel model, Path path, WeightType type) {
        RankerInput input = model.input();
        boolean isUsual = model.heads().equals(RankerHeads.USUAL);
        int version = isUsual ? VERSION_OF_USUAL_HEADS : VERSION;
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, version)) {
            writer.ints(SHAPE, sizes(model.shape()));
            writer.longs("schema", new long[] {model.schemaFingerprint()});
            if (!isUsual) {
                model.heads().write(writer);
            }
            if (!input.attentions().isEmpty()) {
                writer.floats(ATTENTION, logScales(input.attentions()));
            }
            if (!input.matches().isEmpty()) {
                int dimension = input.matches().getFirst().vectors().dimension();
                writer.ints(MATCH, new int[] {dimension});
                writer.floats(MATCH_SCALE, matchScales(input.matches()));
            }
            if (input.impression().fieldCount() > 0) {
                writer.ints(RATES, new int[] {input.impression().fieldCount()});
            }
            input.embeddings().write(writer, type);
            model.network().write(writer);
            writer.commit();
        }
    }

    private static int[] sizes(DcnShape shape) {
        int[] sizes = new int[FIXED_SIZES + shape.deep().size()];
        sizes[0] = shape.embedding();
        sizes[1] = shape.crossLayers();
        sizes[2] = shape.rank();
        sizes[3] = shape.experts();
        sizes[4] = shape.structure().code();
        for (int i = 0; i < shape.deep().size(); i++) {
            sizes[FIXED_SIZES + i] = shape.deep().get(i);
        }
        return sizes;
    }

    private static float[] logScales(List<SequenceAttention> attentions) {
        float[] logScales = new float[attentions.size()];
        for (int i = 0; i < logScales.length; i++) {
            logScales[i] = attentions.get(i).logScale()[0];
        }
        return logScales;
    }

    private static float[] matchScales(List<SequenceMatch> matches) {
        float[] scales = new float[2 * matches.size()];
        for (int i = 0; i < matches.size(); i++) {
            scales[2 * i] = matches.get(i).mean();
            scales[2 * i + 1] = matches.get(i).deviation();
        }
        return scales;
    }
}
