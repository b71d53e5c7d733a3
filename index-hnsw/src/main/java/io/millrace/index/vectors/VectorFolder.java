package io.millrace.index.vectors;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
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
            files = list.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw MillraceException.io("list vectors", folder, e);
        }
        Path base = find(files, name -> name.equals(SIMULATED_BASE) || name.equals(BASE));
        Path query = find(files, name -> name.equals(SIMULATED_QUERY) || name.equals(QUERY));
        if (base == null || query == null) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "a folder without vectors: folder=%s, expected=%s and %s, or %s and %s, plain"
                            + " or .gz; name the files themselves",
                    folder,
                    SIMULATED_BASE,
                    SIMULATED_QUERY,
                    BASE,
                    QUERY);
        }
        return new VectorFolder(
                base, query, find(files, name -> name.endsWith(TRUTH) && !name.startsWith(".")));
    }

    /** The first file whose name, without the ending of compression, is wanted. */
    private static @Nullable Path find(List<Path> files, Predicate<String> isWanted) {
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
            if (isWanted.test(plain)) {
                return file;
            }
        }
        return null;
    }
}
