package io.millrace.index;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.graph.RowType;
import io.millrace.index.recall.RecallCurve;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Indexes as files of version 1 have them, and the input each was made from: small whole numbers,
 * so that squares and products of them are exact on any machine. The files never change once
 * released; a new version adds its own.
 */
enum GoldenIndexes {
    F32_L2(Metric.L2, GraphLayout.F32, 1, 100, 8),
    F32_INNER_PRODUCT(Metric.INNER_PRODUCT, GraphLayout.F32, 1, 100, 8),
    F32_COSINE(Metric.COSINE, GraphLayout.F32, 1, 100, 8),
    F32_L2_BF16(Metric.L2, GraphLayout.F32, RowType.BF16, 1, 100, 8),
    F32_L2_INT8(Metric.L2, GraphLayout.F32, RowType.INT8, 1, 100, 8),
    F32_EMPTY(Metric.COSINE, GraphLayout.F32, 1, 0, 8),
    F32_WITH_CURVE(Metric.L2, GraphLayout.F32, 1, 60, 5) {
        @Override
        RecallCurve curve() {
            return new RecallCurve(
                    100,
                    List.of(
                            new RecallCurve.Line(1, List.of(new RecallCurve.Point(1, 0.75, 100))),
                            new RecallCurve.Line(
                                    10,
                                    List.of(
                                            new RecallCurve.Point(10, 0.875, 1000),
                                            new RecallCurve.Point(40, 1, 999.5)))));
        }
    },
    INLINED_L2_1_BIT(Metric.L2, GraphLayout.INLINED, 1, 60, 30),
    INLINED_INNER_PRODUCT_1_BIT(Metric.INNER_PRODUCT, GraphLayout.INLINED, 1, 50, 32),
    INLINED_COSINE_4_BITS(Metric.COSINE, GraphLayout.INLINED, 4, 50, 32);

    /** How many queries have recorded answers. */
    static final int QUERIES = 5;

    /** How many answers each has. */
    static final int K = 5;

    private static final String FOLDER = "v1/";
    private static final int LARGEST_NUMBER = 8;
    private static final float LARGEST_BYTE = 127;
    private static final long ROW_STREAM = 11;
    private static final long QUERY_STREAM = 12;

    private final Metric metric;
    private final GraphLayout layout;
    private final RowType rowType;
    private final int codeBits;
    private final int count;
    private final int dimension;

    GoldenIndexes(Metric metric, GraphLayout layout, int codeBits, int count, int dimension) {
        this(metric, layout, RowType.F32, codeBits, count, dimension);
    }

    GoldenIndexes(
            Metric metric,
            GraphLayout layout,
            RowType rowType,
            int codeBits,
            int count,
            int dimension) {
        this.metric = metric;
        this.layout = layout;
        this.rowType = rowType;
        this.codeBits = codeBits;
        this.count = count;
        this.dimension = dimension;
    }

    /** An answer: the item and its score. */
    record Answer(long itemId, float score) {}

    /** The rows it was made from. */
    VectorSet rows() {
        return numbers(count, ROW_STREAM);
    }

    float[] query(int query) {
        try (VectorSet queries = numbers(QUERIES, QUERY_STREAM)) {
            return Worlds.row(queries, query);
        }
    }

    private VectorSet numbers(int size, long stream) {
        VectorSet rows = VectorSet.allocate(size, dimension);
        float[] row = new float[dimension];
        for (int i = 0; i < size; i++) {
            SplitRandom random = SplitRandom.forStream(stream, i);
            for (int j = 0; j < dimension; j++) {
                row[j] = random.nextInt(2 * LARGEST_NUMBER + 1) - LARGEST_NUMBER;
            }
            if (rowType == RowType.INT8) {
                // The largest of 127 steps of 1, 1/2, 1/4 or 1/8: whole numbers are not rounded.
                row[0] = LARGEST_BYTE / (1 << (i % 4));
            }
            rows.set(i, row, 0);
        }
        return rows;
    }

    /** What it was calibrated to, or null. */
    @Nullable RecallCurve curve() {
        return null;
    }

    Metric metric() {
        return metric;
    }

    GraphLayout layout() {
        return layout;
    }

    RowType rowType() {
        return rowType;
    }

    /** The index as this version builds it. */
    HnswIndex make() {
        HnswParameters parameters =
                HnswParameters.defaults(metric)
                        .withMaxConnections(4)
                        .withEfConstruction(40)
                        .withSeed(7)
                        .withThreads(2)
                        .withLayout(layout)
                        .withCodeBits(codeBits)
                        .withRowType(rowType);
        try (VectorSet rows = rows()) {
            HnswIndex index =
                    HnswBuilder.build(rows, Worlds.ids(count), parameters, ProgressListener.NONE);
            RecallCurve curve = curve();
            if (curve != null) {
                index.keepRecallCurve(curve);
            }
            return index;
        }
    }

    /** Where its file of version 1 stands. */
    Path file() {
        return resource(fileName() + ".index");
    }

    /** The answers that version 1 gave to each query, an effort of all rows given. */
    List<List<Answer>> recorded() throws IOException {
        List<List<Answer>> answers = new ArrayList<>();
        for (int query = 0; query < QUERIES; query++) {
            answers.add(new ArrayList<>());
        }
        for (String line : Files.readAllLines(resource(fileName() + ".answers"))) {
            String[] words = line.split(" ", -1);
            answers.get(Integer.parseInt(words[0]))
                    .add(new Answer(Long.parseLong(words[1]), Float.parseFloat(words[2])));
        }
        return answers;
    }

    /** Writes what version 1 consists of to a folder: for a new kind of index, or a new version. */
    void write(Path folder) throws IOException {
        StringBuilder lines = new StringBuilder();
        try (HnswIndex index = make()) {
            HnswFile.write(index, folder.resolve(fileName() + ".index"));
            for (int query = 0; query < QUERIES; query++) {
                for (Answer answer : search(index, query)) {
                    lines.append(query).append(' ').append(answer.itemId());
                    lines.append(' ').append(answer.score()).append('\n');
                }
            }
        }
        Files.writeString(folder.resolve(fileName() + ".answers"), lines, StandardCharsets.UTF_8);
    }

    /** What an index answers with an effort of all rows. */
    List<Answer> search(VectorIndex index, int query) {
        int effort = Math.max(K, count);
        int[] ordinals = new int[K];
        float[] scores = new float[K];
        SearchScratch scratch = index.newScratch(K, effort);
        int found = index.searchInto(scratch, query(query), K, effort, ordinals, scores);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < found; i++) {
            answers.add(new Answer(index.itemId(ordinals[i]), scores[i]));
        }
        return answers;
    }

    private String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Path resource(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(
                                    GoldenIndexes.class.getResource(FOLDER + name),
                                    "no such golden file: " + name)
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
