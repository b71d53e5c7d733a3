package io.millrace.server.gateway;

import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.ScopeCode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a body held; what it left out stands at its default. {@link RequestField} fills it, {@link
 * FrameWriter} makes a frame of it.
 *
 * <p>Threading: one thread.
 */
final class RequestBody {
    /** Stands for the user where there is none. */
    static final long NOBODY = -1;

    long userId = NOBODY;
    long itemId;
    long id;
    ScopeCode scope = ScopeCode.ITEM;
    long timestampMs;
    long deadlineUs;
    int k;
    boolean keepSeen;
    boolean skipRules;
    boolean replaceHistory;
    boolean applyRules;
    boolean rank;
    boolean countNearer;
    final Map<Integer, Integer> context = new LinkedHashMap<>();
    long[] exclude = {};
    long[] history = {};
    long[] items = {};
    long[] candidates = {};
    float[] vector = {};
    List<Event> events = List.of();
    List<Column> columns = List.of();
    String filter = "";
    String experimentKey = "";
    boolean trace;

    RequestBody(int k) {
        this.k = k;
    }

    /** Whether there is anything that frames have room for since version 7. */
    boolean hasWishes() {
        return trace || !filter.isEmpty() || !experimentKey.isEmpty();
    }

    /** What a user did. */
    record Event(long itemId, float watchedShare, EventCode kind) {}

    /** A feature, its values as they are on the wire. */
    @SuppressWarnings("ArrayRecordComponent") // Written once, compared by nobody.
    record Column(FormCode form, String name, byte[] values) {}
}
