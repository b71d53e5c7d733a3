package io.millrace.data.importers.source;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * A file as it is, or compressed as {@code .gz}, or the one file in a {@code .zip}.
 *
 * <p>Threading: any thread.
 */
public final class InputFile {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String GZIP = ".gz";
    private static final String ZIP = ".zip";

    private final Path path;

    /**
     * A file to be read.
     *
     * @param path the file; its ending says whether it is compressed.
     */
    public InputFile(Path path) {
        this.path = path;
    }

    /**
     * Looks for a file in a folder, as it is or compressed.
     *
     * @param folder the folder.
     * @param name name of the file when it is not compressed.
     * @return its path, if it is there in one form or another.
     */
    public static Optional<Path> find(Path folder, String name) {
        for (String ending : new String[] {"", GZIP, ZIP}) {
            Path path = folder.resolve(name + ending);
            if (Files.isRegularFile(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    /** Name of the file, for people. */
    String name() {
        return String.valueOf(path.getFileName());
    }

    /** Length of the file as it lies on the disk. */
    long bytes() throws IOException {
        return Files.size(path);
    }

    /** Opens the content; the stage is told of the bytes as they lie on the disk. */
    InputStream open(ProgressListener.Stage stage) throws IOException {
        if (name().endsWith(ZIP)) {
            checkOneEntry();
        }
        InputStream raw = new CountingStream(Files.newInputStream(path), stage);
        try {
            if (name().endsWith(GZIP)) {
                return new GZIPInputStream(raw, BUFFER_BYTES);
            }
            return name().endsWith(ZIP) ? firstEntry(raw) : raw;
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /** What to throw when the content cannot be read. */
    MillraceException unreadable(IOException cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof EOFException || each instanceof ZipException) {
                String form = name().endsWith(ZIP) ? "zip" : "gzip";
                return new MillraceException(
                        ErrorCode.BAD_INPUT,
                        "not a whole " + form + " file: file=" + path + "; fetch it again",
                        cause);
            }
        }
        return MillraceException.io("read", path, cause);
    }

    private void checkOneEntry() throws IOException {
        try (ZipFile archive = new ZipFile(path.toFile())) {
            long files = archive.stream().filter(entry -> !entry.isDirectory()).count();
            if (files != 1) {
                throw MillraceException.badInput(
                        "not one file in the archive: file=%s, files=%d; unpack it", path, files);
            }
        }
    }

    private static InputStream firstEntry(InputStream raw) throws IOException {
        ZipInputStream archive = new ZipInputStream(raw);
        ZipEntry entry = archive.getNextEntry();
        while (entry != null && entry.isDirectory()) {
            entry = archive.getNextEntry();
        }
        return archive;
    }

    /** Tells the progress how much of the file has been read, before it is decompressed. */
    private static final class CountingStream extends FilterInputStream {
        private final ProgressListener.Stage stage;

        CountingStream(InputStream in, ProgressListener.Stage stage) {
            super(new BufferedInputStream(in, BUFFER_BYTES));
            this.stage = stage;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                stage.advance(1);
            }
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            if (count > 0) {
                stage.advance(count);
            }
            return count;
        }
    }
}
