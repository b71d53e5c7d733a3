package io.millrace.index.vectors;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that holds base, queries and truth together: {@code base.fvecs} and {@code query.fvecs}
 * as simulated ones do, or images as MNIST and Fashion-MNIST do, where the training images are the
 * base and the test images the queries. The true neighbours, when there are any, are an ivecs file
 * under squared Euclidean distance, maybe of the first queries only.
 *
 * @param base file of the rows.
 * @param query file of the queries.
 * @param truth file of the true neighbours, or null.
 */
public record VectorFolder(Path base, Path query, @Nullable Path truth) {
    /** Name of the rows in a simulated folder. */
    public static final String SIMULATED_BASE = "base.fvecs";

    /** Name of the queries in a simulated folder. */
    public static final String SIMULATED_QUERY = "query.fvecs";

    /** Name of the true neighbours in a simulated folder. */
    public static final String SIMULATED_TRUTH = "truth.ivecs";

    private static final String BASE = "train-images-idx3-ubyte";
    private static final String QUERY = "t10k-images-idx3-ubyte";
    private static final String TRUTH = ".ivecs";

    /**
     * Whether a path is a folder.
     *
     * @param path what may be one.
     * @return whether {@link #at} should be asked.
     */
    public static boolean isAt(Path path) {
        return Files.isDirectory(path);
    }

    /**
     * Looks into a folder.
     *
     * @param folder the folder.
     * @return its files.
     * @throws MillraceException NOT_FOUND when base or queries are missing.
     */
    public static VectorFolder at(Path folder) {
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.sorted().toList();
        } catch (IOException e) {
            throw MillraceException.io("list vectors", folder, e);
        }
        Path base = find(files, SIMULATED_BASE, BASE);
        Path query = find(files, SIMULATED_QUERY, QUERY);
        if (base == null || query == null) {
            throw MillraceException.badInput(
                    "a folder without vectors: folder=%s, expected=%s and %s, or %s and %s, plain"
                        + " or .gz; name the files themselves",
                    folder, SIMULATED_BASE, SIMULATED_QUERY, BASE, QUERY);
        }
        return new VectorFolder(base, query, find(files, TRUTH));
    }

    private static @Nullable Path find(List<Path> files, String... parts) {
        for (String part : parts) {
            for (Path file : files) {
                Path name = file.getFileName();
                if (name != null && name.toString().contains(part)) {
                    return file;
                }
            }
        }
        return null;
    }
}
