package io.millrace.server.transport;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.ColumnsResponseEncoder;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.request.RequestLimits;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes what columns a request may bring: a frame that is made once, but for the correlation id.
 *
 * <p>Threading: one thread. Allocation: none when writing.
 */
final class ColumnsWriter {
    private final byte[] frame;

    ColumnsWriter(Catalogue catalogue, List<Catalogue.Column> columns, RequestLimits limits) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        ColumnsResponseEncoder response =
                new ColumnsResponseEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder())
                        .correlationId(0)
                        .fingerprint(catalogue.fingerprint())
                        .maxCandidates(limits.candidates())
                        .maxColumnBytes(limits.columnBytes());
        ColumnsResponseEncoder.ColumnsEncoder group = response.columnsCount(columns.size());
        for (Catalogue.Column column : columns) {
            group.next().form(column.form()).maxValues(column.maxValues()).name(column.name());
        }
        int bytes =
                FrameLayout.finish(buffer, 0, response.encodedLength(), FrameLayout.RANK_VERSION);
        frame = new byte[bytes];
        buffer.getBytes(0, frame);
    }

    /** Length of the frame. */
    int frameBytes() {
        return frame.length;
    }

    /** Writes the frame at the buffer's begin and returns its bytes. */
    int write(long correlationId, MutableDirectBuffer buffer) {
        buffer.putBytes(0, frame);
        buffer.putLong(FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        return frame.length;
    }
}
