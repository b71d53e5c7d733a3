package io.millrace.loadgen.frame;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.loadgen.plan.RequestFilters;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

/**
 * A request that may bring a filter, encoded once without and once with each that a load has.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class FilterableFrame {
    private static final String NO_TEXT = "";

    private final RequestFilters filters;
    private final UnsafeBuffer plain;
    private final UnsafeBuffer[] filtered;

    /** Encodes header and body of a request. */
    interface Body {
        /**
         * Writes them behind the length of the frame.
         *
         * @param filter empty where the request has none, and must not be written then
         * @return bytes of the body, as its encoder says
         */
        int encode(MutableDirectBuffer buffer, String filter);
    }

    FilterableFrame(RequestFilters filters, Body body) {
        this.filters = filters;
        plain = frame(body, NO_TEXT, FrameLayout.OLDEST_VERSION);
        filtered =
                filters.texts().stream()
                        .map(text -> frame(body, text, FrameLayout.WISH_VERSION))
                        .toArray(UnsafeBuffer[]::new);
    }

    private static UnsafeBuffer frame(Body body, String filter, int version) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        int bytes = FrameLayout.finish(buffer, 0, body.encode(buffer, filter), version);
        return new UnsafeBuffer(Arrays.copyOf(buffer.byteArray(), bytes));
    }

    /**
     * The frame of a request.
     *
     * @return of exactly its bytes, in an array; to be written to at the same places in each.
     */
    @HotPath
    UnsafeBuffer of(int variant) {
        int place = filters.pick(variant);
        return place == RequestFilters.NO_FILTER ? plain : filtered[place];
    }
}
