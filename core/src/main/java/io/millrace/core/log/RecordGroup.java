package io.millrace.core.log;

import io.millrace.core.memory.DirectMemory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Records on their way into a file of a log, each under its checksum, which are given to the system
 * together.
 *
 * <pre>
 *   at = group.begin(length, number)
 *   group.buffer().put(at, …)          length bytes
 *   group.end()
 * </pre>
 *
 * <p>Threading: one thread. Allocation: only in the constructor. Ownership: its memory.
 */
public final class RecordGroup implements AutoCloseable {
    private static final int LEAST_BYTES = 1 << 20;

    private final DirectMemory memory;
    private final ByteBuffer bytes;
    private final ByteBuffer summed;
    private final CRC32C crc = new CRC32C();
    private int count;
    private int begun;

    /**
     * An empty group.
     *
     * @param recordBytes length of the longest record.
     */
    public RecordGroup(int recordBytes) {
        long capacity = Math.max(LEAST_BYTES, LogLayout.recordBytes(recordBytes));
        memory = DirectMemory.allocate(capacity);
        bytes = memory.segment().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        summed = bytes.duplicate();
    }

    /**
     * Whether there is room for one more record.
     *
     * @param contentBytes its length.
     * @return true for any record allowed, where the group is empty.
     */
    public boolean hasRoom(int contentBytes) {
        return LogLayout.recordBytes(contentBytes) <= bytes.remaining();
    }

    /**
     * Begins a record.
     *
     * @param contentBytes its length, above 0; there must be room for it.
     * @param number of the record in its file.
     * @return where in {@link #buffer} the caller has to put its content before {@link #end}.
     */
    public int begin(int contentBytes, int number) {
        assert contentBytes > 0 : "contentBytes=" + contentBytes;
        begun = bytes.position();
        int end = begun + (int) LogLayout.recordBytes(contentBytes);
        bytes.putInt(begun, LogLayout.MARK);
        bytes.putInt(begun + LogLayout.LENGTH_OFFSET, contentBytes);
        bytes.putInt(begun + LogLayout.NUMBER_OFFSET, number);
        // The filling is less than these eight bytes, and the content covers the rest of them.
        bytes.putLong(end - LogLayout.ALIGNMENT, 0);
        bytes.position(end);
        return begun + LogLayout.CONTENT_OFFSET;
    }

    /**
     * Memory of all records, little-endian.
     *
     * @return the buffer; its position is not to be moved.
     */
    public ByteBuffer buffer() {
        return bytes;
    }

    /** The content of the record that was begun is there. */
    public void end() {
        int end = bytes.position();
        crc.reset();
        crc.update(
                summed.limit(begun + LogLayout.CHECKSUM_OFFSET)
                        .position(begun + LogLayout.LENGTH_OFFSET));
        crc.update(summed.limit(end).position(begun + LogLayout.CONTENT_OFFSET));
        bytes.putInt(begun + LogLayout.CHECKSUM_OFFSET, (int) crc.getValue());
        count++;
    }

    /**
     * How many records there are.
     *
     * @return 0 after {@link #writeTo}.
     */
    public int count() {
        return count;
    }

    /**
     * Their length in the file.
     *
     * @return bytes; 0 after {@link #writeTo}.
     */
    public int bytes() {
        return bytes.position();
    }

    /**
     * Gives the records to the system. The group is empty then, whatever came of it.
     *
     * @param file takes them.
     * @throws io.millrace.core.error.MillraceException IO when the system refuses.
     */
    public void writeTo(LogFileWriter file) {
        try {
            file.write(bytes.flip());
        } finally {
            bytes.clear();
            count = 0;
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
