package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.AuthRequestDecoder;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.server.request.ErrorText;
import io.millrace.server.request.RequestKind;
import io.millrace.server.security.Gate;
import io.millrace.server.security.tokens.Permission;

import org.agrona.DirectBuffer;

import java.util.concurrent.TimeUnit;

/**
 * Lets a frame in, or answers why not.
 *
 * <p>Threading: one event loop. Allocation: none but when a token is brought.
 */
@HotPath
final class Doorkeeper {
    private static final int LINGER_MS = 1_000;
    private static final int LONGEST_TOKEN_BYTES = 1_024;

    private final FrameDispatcher dispatcher;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AuthRequestDecoder auth = new AuthRequestDecoder();
    private final ErrorText text = new ErrorText();

    Doorkeeper(FrameDispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    private static Permission permissionOf(RequestKind kind) {
        return switch (kind) {
            case AUTH, UNKNOWN -> Permission.OPEN;
            case PING, COLUMNS, SCOPE_COLUMNS -> Permission.KNOWN;
            case RECOMMEND, EXPLAIN, SIMILAR, SEARCH, RANK, INFO, STATS -> Permission.READ;
            case FEEDBACK, UPDATE, UPSERT, DELETE -> Permission.WRITE;
        };
    }

    /** Whether a frame may be served; where not, it is answered. */
    boolean admits(Connection connection, RequestKind kind, long correlationId) {
        long verdict = connection.gate().admit(permissionOf(kind));
        if (verdict == Gate.ADMITTED) {
            return true;
        }
        if (verdict == Gate.UNAUTHENTICATED) {
            dispatcher.refuse(
                    connection,
                    kind,
                    correlationId,
                    Status.UNAUTHENTICATED,
                    "no token given, or it was taken back; send one in an AuthRequest first");
        } else if (verdict == Gate.FORBIDDEN) {
            dispatcher.refuse(
                    connection,
                    kind,
                    correlationId,
                    Status.FORBIDDEN,
                    "the token has no role for that; use another, or add the role to its entry");
        } else {
            text.clear()
                    .append("the token's rate is used up: retryAfterMs=")
                    .append(TimeUnit.NANOSECONDS.toMillis(verdict) + 1)
                    .append("; ask less, or raise its requestsPerSecond");
            dispatcher.refuse(connection, kind, correlationId, Status.RATE_LIMITED, text);
        }
        return false;
    }

    /** Takes a token, and ends a connection that has brought too many wrong ones. */
    void authenticate(Connection connection, DirectBuffer buffer, int frame, long correlationId) {
        auth.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        boolean isKnown = false;
        if (auth.tokenLength() <= LONGEST_TOKEN_BYTES) {
            byte[] token = new byte[auth.tokenLength()];
            auth.getToken(token, 0, token.length);
            isKnown = connection.gate().authenticate(token);
        }
        dispatcher.refuse(
                connection,
                RequestKind.AUTH,
                correlationId,
                isKnown ? Status.OK : Status.UNAUTHENTICATED,
                isKnown ? "" : "token not known; make one by millrace token new");
        if (connection.gate().isExhausted()) {
            connection.closeAfterAnswers(LINGER_MS);
        }
    }
}
