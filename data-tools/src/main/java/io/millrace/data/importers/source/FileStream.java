package io.millrace.data.importers.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A file from some place on, of which a little is read and much is skipped.
 *
 * <p>Threading: one thread. Ownership: the channel stays open.
 */
final class FileStream extends InputStream {
    private static final int BUFFER_BYTES = 512;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);

    /** Of the first byte behind the buffer. */
    private long next;

    FileStream(FileChannel channel, long position) {
        this.channel = channel;
        next = position;
    }

    /** Where the byte is that is read next. */
    long position() {
        return next - buffer.remaining();
    }

    @Override
    public int read() throws IOException {
        return fill() ? Byte.toUnsignedInt(buffer.get()) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(target, offset, count);
        return count;
    }

    @Override
    public void skipNBytes(long count) {
        long position = position() + Math.max(0, count);
        int within = (int) Math.min(Math.max(0, count), buffer.remaining());
        buffer.position(buffer.position() + within);
        if (!buffer.hasRemaining()) {
            next = position;
        }
    }

    /** False at the end of the file. */
    private boolean fill() throws IOException {
        if (!buffer.hasRemaining()) {
            buffer.clear();
            int count = Math.max(0, channel.read(buffer, next));
            next += count;
            buffer.flip();
        }
        return buffer.hasRemaining();
    }
}
