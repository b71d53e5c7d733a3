package io.millrace.index.vectors;

import io.millrace.core.error.MillraceException;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The bytes of a vector file, unpacked where they are compressed.
 *
 * <p>Threading: one thread.
 */
final class ByteSource implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 18;

    /**
     * Identification of gzip and its one method. Two bytes are not enough: rows of dimension 35615
     * begin with them.
     */
    private static final byte[] GZIP_MAGIC = {0x1F, (byte) 0x8B, 8};

    private static final int HEAD_BYTES = 8;
    private static final String DAMAGED =
            "the compressed data end early or are damaged; copy the file again";

    /** Deflate can't do better. */
    private static final long MOST_COMPRESSION = 1032;

    private final Path path;
    private final InputStream stream;
    private final boolean isCompressed;
    private final long fileBytes;

    private ByteSource(Path path, InputStream stream, boolean isCompressed, long fileBytes) {
        this.path = path;
        this.stream = stream;
        this.isCompressed = isCompressed;
        this.fileBytes = fileBytes;
    }

    static ByteSource open(Path path) throws IOException {
        BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
        try {
            raw.mark(GZIP_MAGIC.length);
            boolean isCompressed = Arrays.equals(GZIP_MAGIC, raw.readNBytes(GZIP_MAGIC.length));
            raw.reset();
            InputStream bytes =
                    isCompressed
                            ? new BufferedInputStream(
                                    new GZIPInputStream(raw, BUFFER_BYTES), BUFFER_BYTES)
                            : raw;
            return new ByteSource(path, bytes, isCompressed, Files.size(path));
        } catch (EOFException | ZipException e) {
            raw.close();
            throw bad(path, DAMAGED);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    /** The name in lower case, without the ending of compression. */
    String name() {
        Path file = path.getFileName();
        String name = file == null ? "" : file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }

    /** Length of the file as it lies there. */
    long fileBytes() {
        return fileBytes;
    }

    /** What the unpacked bytes can't be longer than, whatever the head of the file says. */
    long mostBytes() {
        return isCompressed ? fileBytes * MOST_COMPRESSION : fileBytes;
    }

    /** The first bytes, which stay to be read; fewer where the file is shorter. */
    byte[] peek() throws IOException {
        stream.mark(HEAD_BYTES);
        byte[] head = stream.readNBytes(HEAD_BYTES);
        stream.reset();
        return head;
    }

    /**
     * Reads bytes that must be there.
     *
     * @param target where they go, from {@link #buffer}; filled from 0 to its limit.
     * @param what what they are, for the message.
     */
    void read(ByteBuffer target, String what) throws IOException {
        if (!readOrEnd(target, what)) {
            throw truncated(what, 0, target.limit());
        }
    }

    /**
     * Reads bytes, or nothing at the end of the file; answers whether there were some. The target
     * is one of {@link #buffer}.
     */
    @SuppressWarnings("ByteBufferBackingArray")
    boolean readOrEnd(ByteBuffer target, String what) throws IOException {
        target.clear();
        int count = stream.readNBytes(target.array(), 0, target.limit());
        if (count != 0 && count != target.limit()) {
            throw truncated(what, count, target.limit());
        }
        return count != 0 || target.limit() == 0;
    }

    static ByteBuffer buffer(int bytes, ByteOrder order) {
        return ByteBuffer.allocate(bytes).order(order);
    }

    /** What is wrong with the content of the file. */
    MillraceException bad(String problem) {
        return bad(path, problem);
    }

    /** Says plainly what a stream could not do. */
    MillraceException failure(IOException e) {
        if (e instanceof EOFException || e instanceof ZipException) {
            return bad(DAMAGED);
        }
        return MillraceException.io("read vectors", path, e);
    }

    private static MillraceException bad(Path path, String problem) {
        return MillraceException.badInput("cannot read vectors: file=%s, %s", path, problem);
    }

    private MillraceException truncated(String what, int count, int expected) {
        return bad(
                "it ends inside "
                        + what
                        + ": bytes="
                        + count
                        + ", expected="
                        + expected
                        + "; copy the file again");
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
