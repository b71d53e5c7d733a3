package io.millrace.data.importers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The files of a source as one input of a fuzzer, each behind a line with its name, so that pieces
 * of one get into another. What ends with {@code .gz} is compressed when it is written.
 */
public final class FuzzedFolder {
    private static final long MOST_REJECTS = 1_000;
    private static final String MARK = "\u0001file ";
    private static final String GZIP = ".gz";

    private final Path folder;
    private final List<String> names;

    /**
     * A folder that is written again and again.
     *
     * @param folder may be missing.
     * @param names of its files; an input writes no others.
     */
    public FuzzedFolder(Path folder, List<String> names) {
        this.folder = folder;
        this.names = List.copyOf(names);
    }

    /** Imports into a data set that is opened, and removed. */
    @FunctionalInterface
    public interface Importer {
        /** Imports the files of the folder. */
        void run(ImportTask task) throws IOException;
    }

    /** The files as they are there. */
    public byte[] pack() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (String name : names) {
            packed.writeBytes((MARK + name + "\n").getBytes(ISO_8859_1));
            byte[] content = Files.readAllBytes(folder.resolve(name));
            try (InputStream in = new ByteArrayInputStream(content)) {
                (name.endsWith(GZIP) ? new GZIPInputStream(in) : in).transferTo(packed);
            }
        }
        return packed.toByteArray();
    }

    /** Files of an input; one that it does not name is missing. */
    private void unpack(byte[] input) throws IOException {
        remove(folder);
        Files.createDirectories(folder);
        // Each byte is a character of its own, and comes back as it was.
        for (String part : new String(input, ISO_8859_1).split(MARK, -1)) {
            int end = part.indexOf('\n');
            String name = end < 0 ? part : part.substring(0, end);
            if (names.contains(name)) {
                byte[] content = part.substring(end + 1).getBytes(ISO_8859_1);
                try (OutputStream file = Files.newOutputStream(folder.resolve(name));
                        OutputStream out =
                                name.endsWith(GZIP) ? new GZIPOutputStream(file) : file) {
                    out.write(content);
                }
            }
        }
    }

    /** Fuzzes an importer with the files as they are there. */
    public void fuzz(Fuzzing fuzzing, Importer importer) throws IOException {
        Path target = folder.resolveSibling("set");
        fuzzing.seeds(pack())
                .words(",", "\t", "\"", "|", "::", "\n", "\r\n", "-1", "1e400", "0", "NaN", " ")
                .words("9223372036854775807", "99999999999999999999", "0.5", "1e308", "\u00e9")
                .words(names.toArray(String[]::new))
                .run(
                        input -> {
                            unpack(input);
                            remove(target);
                            importer.run(
                                    new ImportTask(target, MOST_REJECTS, ProgressListener.NONE));
                            openOwn(target);
                        });
    }

    /** What an importer has made must be a data set. */
    private static void openOwn(Path target) {
        try {
            Dataset.open(target).close();
        } catch (MillraceException e) {
            throw new AssertionError("an importer made what is no data set", e);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
