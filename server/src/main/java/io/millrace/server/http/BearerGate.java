package io.millrace.server.http;

import io.millrace.server.security.Gate;
import io.millrace.server.security.tokens.Permission;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Lets requests of one connection in by the tokens that they bring, each its own (RFC 6750).
 *
 * <p>Threading: the event loop.
 */
final class BearerGate {
    private static final String SCHEME = "bearer ";

    private final Gate gate;

    BearerGate(Gate gate) {
        this.gate = gate;
    }

    /**
     * Why a request is refused, or null where it is let in.
     *
     * @param authorization the header of that name, or null
     */
    @Nullable HttpAnswer refusal(Permission permission, @Nullable String authorization) {
        if (permission == Permission.OPEN) {
            return null;
        }
        gate.forget();
        String token = token(authorization);
        if (token != null && !gate.authenticate(token.getBytes(StandardCharsets.UTF_8))) {
            return unauthenticated("token not known; make one by millrace token new");
        }
        long verdict = gate.admit(permission);
        if (verdict == Gate.ADMITTED) {
            return null;
        }
        if (verdict == Gate.UNAUTHENTICATED) {
            return unauthenticated(
                    "no token given; send the header authorization: Bearer with a token");
        }
        if (verdict == Gate.FORBIDDEN) {
            return HttpAnswer.error(
                            403,
                            "FORBIDDEN",
                            "the token has no role for that: needed="
                                    + permission
                                    + "; use another, or add the role to its entry")
                    .with("www-authenticate", "Bearer error=\"insufficient_scope\"");
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(verdict) + 1;
        return HttpAnswer.error(
                        429,
                        "RATE_LIMITED",
                        "the token's rate is used up: retryAfterMs="
                                + (TimeUnit.NANOSECONDS.toMillis(verdict) + 1)
                                + "; ask less, or raise its requestsPerSecond")
                .with("retry-after", Long.toString(seconds));
    }

    private static HttpAnswer unauthenticated(String message) {
        return HttpAnswer.error(401, "UNAUTHENTICATED", message).with("www-authenticate", "Bearer");
    }

    private static @Nullable String token(@Nullable String authorization) {
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return null;
        }
        return authorization.substring(SCHEME.length()).strip();
    }

    /** Whether the connection is to be closed: too many wrong tokens came. */
    boolean isExhausted() {
        return gate.isExhausted();
    }
}
