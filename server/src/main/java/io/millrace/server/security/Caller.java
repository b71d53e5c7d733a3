package io.millrace.server.security;

import io.millrace.core.HotPath;
import io.millrace.server.security.tokens.Permission;

import org.jspecify.annotations.Nullable;

/**
 * Who has brought a token, on all connections that it was brought to. What it may do changes while
 * they are open: a token that is taken back is worth nothing from then on.
 *
 * <p>Threading: any thread. Allocation: none to ask.
 */
@HotPath
final class Caller {
    private final String name;
    private final byte[] hash;
    private volatile @Nullable Grant grant;

    Caller(String name, byte[] hash) {
        this.name = name;
        this.hash = hash;
    }

    String name() {
        return name;
    }

    byte[] hash() {
        return hash;
    }

    /** Does what the file says of it from now on; what is left of its rate goes on. */
    void grant(int roles, @Nullable Double perSecond, int burst) {
        Grant last = grant;
        RateLimit limit = last == null ? null : last.limit;
        if (perSecond == null) {
            limit = null;
        } else if (limit == null || !limit.isOf(perSecond, burst)) {
            limit = new RateLimit(perSecond, burst, System.nanoTime());
        }
        grant = new Grant(roles, limit);
    }

    void revoke() {
        grant = null;
    }

    boolean isRevoked() {
        return grant == null;
    }

    /** Takes one request; {@link Gate#ADMITTED}, or why not, or the time until it may come. */
    long admit(Permission permission) {
        Grant now = grant;
        if (now == null) {
            return Gate.UNAUTHENTICATED;
        }
        if (!permission.isGivenTo(now.roles)) {
            return Gate.FORBIDDEN;
        }
        return now.limit == null ? Gate.ADMITTED : now.limit.take(System.nanoTime());
    }

    /**
     * What it may.
     *
     * @param roles their bits
     * @param limit of its requests, or null
     */
    private record Grant(int roles, @Nullable RateLimit limit) {}
}
