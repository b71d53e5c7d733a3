package io.millrace.jmh.peers;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.simulate.VectorPlan;
import io.millrace.data.simulate.VectorSimulator;
import io.millrace.index.FlatIndex;
import io.millrace.index.Metric;
import io.millrace.index.VectorSet;
import io.millrace.index.vectors.VecsWriter;
import io.millrace.index.vectors.VectorFiles;
import io.millrace.index.vectors.VectorFolder;
import io.millrace.jmh.peers.driver.Space;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The rows and queries that all engines get, as fvecs files, and the truth that their answers are
 * held against.
 *
 * <p>Threading: one thread. Ownership: owns rows and queries.
 */
final class PeerData implements AutoCloseable {
    private static final VectorKernels KERNELS = Kernels.vector();
    private static final int SIMULATED_DIMENSION = 128;
    private static final int SIMULATED_TRUTH = 100;

    private final String name;
    private final Space space;
    private final Path baseFile;
    private final Path queryFile;
    private final VectorSet base;
    private final VectorSet queries;
    private final int[][] truth;
    private final int k;

    private PeerData(
            PeerPlan plan, String name, Path work, Source source, int @Nullable [][] known) {
        this.name = name;
        space = plan.space();
        k = plan.k();
        base = source.base;
        queries = source.queries;
        if (space == Space.IP) {
            normalise(base);
            normalise(queries);
        }
        truth = known == null ? compute() : known;
        boolean isUsedAsIs =
                space == Space.L2
                        && source.isWhole
                        && source.baseFile.toString().endsWith(".fvecs");
        baseFile = isUsedAsIs ? source.baseFile : work.resolve(VectorFolder.SIMULATED_BASE);
        if (!isUsedAsIs) {
            VecsWriter.write(baseFile, base);
        }
        queryFile = work.resolve(VectorFolder.SIMULATED_QUERY);
        VecsWriter.write(queryFile, queries);
    }

    /** Rows and queries as they were read; whole when all rows of the file were. */
    private record Source(Path baseFile, VectorSet base, boolean isWhole, VectorSet queries) {}

    /**
     * Reads a folder, or simulates one, and computes the truth where the folder has none that fits.
     *
     * @param work folder for files that the drivers read.
     * @throws MillraceException when there is no such folder, or its files don't fit each other.
     */
    static PeerData prepare(PeerPlan plan, Path work) {
        Path data = plan.data();
        Path path = data == null ? simulate(plan, work) : data;
        if (!VectorFolder.isAt(path)) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND, "no such folder: --data=%s; check the path", path);
        }
        VectorFolder folder = VectorFolder.at(path);
        int[][] known = knownTruth(plan, folder);
        VectorSet base = null;
        VectorSet queries = null;
        try {
            int mostRows = data == null ? Integer.MAX_VALUE : plan.mostRows();
            base = VectorFiles.read(folder.base(), mostRows);
            boolean isWhole = base.count() < mostRows;
            if (!isWhole) {
                // The truth may name rows that were left out.
                known = null;
            }
            queries =
                    VectorFiles.read(
                            folder.query(), known == null ? plan.mostQueries() : known.length);
            checkFit(plan, path, base, queries);
            String name = data == null ? "simulated" : String.valueOf(data.getFileName());
            return new PeerData(
                    plan, name, work, new Source(folder.base(), base, isWhole, queries), known);
        } catch (RuntimeException | Error e) {
            if (base != null) {
                base.close();
            }
            if (queries != null) {
                queries.close();
            }
            throw e;
        }
    }

    private static Path simulate(PeerPlan plan, Path work) {
        Path folder = work.resolve("simulated");
        VectorSimulator.run(
                new VectorPlan(
                        plan.mostRows(),
                        plan.mostQueries(),
                        Math.min(Math.max(plan.k(), SIMULATED_TRUTH), plan.mostRows()),
                        SIMULATED_DIMENSION,
                        1,
                        PeerPlan.BUILD_THREADS),
                folder,
                ProgressListener.NONE);
        return folder;
    }

    /** The truth of the folder where it has one that is Euclidean and wide enough. */
    private static int @Nullable [][] knownTruth(PeerPlan plan, VectorFolder folder) {
        Path file = folder.truth();
        if (file == null || plan.space() != Space.L2) {
            return null;
        }
        int[][] truth = VectorFiles.readTruth(file, plan.mostQueries());
        boolean isNarrow = Arrays.stream(truth).anyMatch(row -> row.length < plan.k());
        return isNarrow || truth.length == 0 ? null : truth;
    }

    private static void checkFit(PeerPlan plan, Path path, VectorSet base, VectorSet queries) {
        if (base.dimension() != queries.dimension()
                || queries.count() == 0
                || base.count() < plan.k()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "rows and queries that can't be compared on: folder=%s, rows=%d x %d,"
                            + " queries=%d x %d, k=%d; give a folder whose files belong together",
                    path,
                    base.count(),
                    base.dimension(),
                    queries.count(),
                    queries.dimension(),
                    plan.k());
        }
    }

    private static void normalise(VectorSet rows) {
        float[] row = new float[rows.dimension()];
        for (int i = 0; i < rows.count(); i++) {
            rows.get(i, row, 0);
            double square = 0;
            for (float number : row) {
                square += (double) number * number;
            }
            if (square == 0) {
                throw MillraceException.badInput(
                        "a zero vector has no direction: row=%d; use --metric l2", i);
            }
            double scale = 1 / Math.sqrt(square);
            for (int j = 0; j < row.length; j++) {
                row[j] = (float) (row[j] * scale);
            }
            rows.set(i, row, 0);
        }
    }

    private int[][] compute() {
        long[] ids = LongStream.range(0, base.count()).toArray();
        Metric metric = space == Space.L2 ? Metric.L2 : Metric.INNER_PRODUCT;
        try (FlatIndex exact = FlatIndex.over(base, ids, metric)) {
            return exact.exactTopK(queries, k, PeerPlan.BUILD_THREADS, ProgressListener.NONE);
        }
    }

    /** What the folder is called. */
    String name() {
        return name;
    }

    /** An fvecs file of the rows. */
    Path baseFile() {
        return baseFile;
    }

    /** An fvecs file of the queries. */
    Path queryFile() {
        return queryFile;
    }

    /** How many rows there are. */
    int rows() {
        return base.count();
    }

    /** Numbers per row. */
    int dimension() {
        return base.dimension();
    }

    /** How many queries there are. */
    int queries() {
        return queries.count();
    }

    /**
     * Part of the true neighbours that is in a driver's answers. A row that is as near as the last
     * of them, such as a duplicate, counts as well; one that is given twice counts once.
     *
     * @param answers file of k int32 for each query, -1 where there were fewer.
     * @throws MillraceException when the file is of another size or names rows there are not.
     */
    double recall(Path answers) {
        ByteBuffer found = readAnswers(answers);
        float[] query = new float[queries.dimension()];
        int[] row = new int[k];
        long hits = 0;
        for (int i = 0; i < queries.count(); i++) {
            queries.get(i, query, 0);
            for (int j = 0; j < k; j++) {
                row[j] = found.getInt();
                if (row[j] < -1 || row[j] >= base.count()) {
                    throw MillraceException.badInput(
                            "answers name no row: file=%s, query=%d, ordinal=%d, rows=%d",
                            answers, i, row[j], base.count());
                }
            }
            hits += hits(query, truth[i], row);
        }
        return (double) hits / ((long) queries.count() * k);
    }

    private ByteBuffer readAnswers(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw MillraceException.io("read answers", file, e);
        }
        long expected = (long) queries.count() * k * Integer.BYTES;
        if (bytes.length != expected) {
            throw MillraceException.badInput(
                    "answers of another size: file=%s, bytes=%d, expected=%d",
                    file, bytes.length, expected);
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int hits(float[] query, int[] nearest, int[] found) {
        float last = score(query, nearest[k - 1]);
        int hits = 0;
        for (int i = 0; i < k; i++) {
            int ordinal = found[i];
            if (ordinal >= 0
                    && !contains(found, i, ordinal)
                    && (contains(nearest, k, ordinal) || score(query, ordinal) >= last)) {
                hits++;
            }
        }
        return hits;
    }

    private static boolean contains(int[] ordinals, int end, int wanted) {
        for (int i = 0; i < end; i++) {
            if (ordinals[i] == wanted) {
                return true;
            }
        }
        return false;
    }

    private float score(float[] query, int row) {
        long offset = base.offset(row);
        return space == Space.L2
                ? -KERNELS.squaredDistance(query, base.segment(), offset, base.dimension())
                : KERNELS.dot(query, base.segment(), offset, base.dimension());
    }

    @Override
    public void close() {
        base.close();
        queries.close();
    }
}
