package io.millrace.server.funnel.rows;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.server.request.Request;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The rows of user and context of one request after the other.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class RequestRows {

    private final RowLayout userLayout;
    private final UserRows.Reader users;
    private final ContextEncoder contexts;
    private final MemorySegment user;
    private final MemorySegment context;
    private long momentMs;

    public RequestRows(FeatureSchema schema, UserRows users) {
        this.userLayout = schema.layout(FeatureScope.USER);
        this.users = users.newReader();
        this.contexts = new ContextEncoder(schema);
        Arena memory = Arena.ofAuto();
        this.user = memory.allocate(userLayout.rowBytes(), RowLayout.ROW_ALIGNMENT_BYTES);
        this.context = memory.allocate(contexts.rowBytes(), RowLayout.ROW_ALIGNMENT_BYTES);
    }

    /** Fills both rows; false if nothing is known of the user. */
    public boolean load(Request request) {
        boolean isKnown = users.readInto(request.userId(), user, 0);
        if (!isKnown) {
            userLayout.clear(user, 0);
        }
        long timestampMs = request.timestampMs();
        momentMs = timestampMs == 0 ? System.currentTimeMillis() : timestampMs;
        contexts.encodeInto(
                momentMs,
                request.contextFields(),
                request.contextCodes(),
                request.contextCount(),
                context,
                0);
        return isKnown;
    }

    /** Row of the user of the last request, at 0. */
    public MemorySegment user() {
        return user;
    }

    /** Row of the context of the last request, at 0. */
    public MemorySegment context() {
        return context;
    }

    /** The time that the context row was made for, milliseconds since 1970 UTC. */
    public long momentMs() {
        return momentMs;
    }
}
