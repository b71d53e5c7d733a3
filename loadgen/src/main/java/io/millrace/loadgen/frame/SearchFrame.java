package io.millrace.loadgen.frame;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.SearchRequestDecoder;
import io.millrace.core.wire.codec.SearchRequestEncoder;
import io.millrace.loadgen.plan.LoadPlan;
import io.netty.buffer.ByteBuf;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * A request for the items nearest to a vector, encoded once; correlation id and vector are written
 * anew for each request.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class SearchFrame {
    private static final long NOBODY = -1;

    private static final int VECTOR_OFFSET =
            FrameLayout.BODY_OFFSET
                    + SearchRequestEncoder.BLOCK_LENGTH
                    + SearchRequestDecoder.vectorHeaderLength();

    private final float[][] vectors;
    private final FilterableFrame frame;

    SearchFrame(LoadPlan plan) {
        vectors = plan.mix().vectors();
        frame =
                new FilterableFrame(
                        plan.mix().filters(), (buffer, filter) -> encode(plan, buffer, filter));
    }

    private int encode(LoadPlan plan, MutableDirectBuffer buffer, String filter) {
        int vectorBytes = VectorBytes.of(vectors.length == 0 ? 0 : vectors[0].length);
        SearchRequestEncoder encoder =
                new SearchRequestEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        encoder.correlationId(0)
                .userId(NOBODY)
                .deadlineUs(plan.deadlineUs())
                .k(plan.k())
                .flags()
                .clear();
        encoder.putVector(new byte[vectorBytes], 0, vectorBytes);
        if (!filter.isEmpty()) {
            encoder.filter(filter).experimentKey("");
        }
        return encoder.encodedLength();
    }

    @HotPath
    void append(ByteBuf target, long correlationId, int vector, int variant) {
        UnsafeBuffer view = frame.of(variant);
        view.putLong(FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        VectorBytes.put(vectors[vector], view, VECTOR_OFFSET);
        target.writeBytes(view.byteArray());
    }
}
