package io.millrace.server.security;

import io.millrace.core.HotPath;
import io.millrace.server.security.tokens.Permission;

import org.jspecify.annotations.Nullable;

/**
 * What one connection may ask for: nothing until it has brought a token, where tokens are wanted.
 *
 * <p>Threading: the connection's event loop. Allocation: none but when a token is brought.
 */
@HotPath
public final class Gate {
    /** Let in; what {@link #admit} answers above is the time in ns to wait. */
    public static final long ADMITTED = 0;

    /** Nobody, or nobody known, asks. */
    public static final long UNAUTHENTICATED = -1;

    /** Who asks may not do that. */
    public static final long FORBIDDEN = -2;

    private final ServerSecurity security;
    private final boolean isOpen;
    private @Nullable Caller caller;
    private int mistakes;

    /** A gate of a connection; an open one lets everybody in. */
    Gate(ServerSecurity security, boolean isOpen) {
        this.security = security;
        this.isOpen = isOpen;
    }

    /**
     * Whether a token is wanted and none that is known has been brought.
     *
     * @return false where everybody is let in
     */
    public boolean isWaiting() {
        Caller current = caller;
        return !isOpen && (current == null || current.isRevoked());
    }

    /**
     * Takes one request.
     *
     * @param permission that it needs
     * @return {@link #ADMITTED}, {@link #UNAUTHENTICATED}, {@link #FORBIDDEN}, or above 0 the time
     *     in ns after which the rate of the token lets it in
     */
    public long admit(Permission permission) {
        if (isOpen || permission == Permission.OPEN) {
            return ADMITTED;
        }
        Caller current = caller;
        return current == null ? UNAUTHENTICATED : current.admit(permission);
    }

    /**
     * Takes a token; the one before counts no longer.
     *
     * @param token as it came
     * @return false where it is not known
     */
    public boolean authenticate(byte[] token) {
        if (isOpen) {
            return true;
        }
        caller = security.find(token);
        if (caller == null) {
            mistakes++;
            security.refusals().count(SecurityRefusal.BAD_TOKEN);
            return false;
        }
        return true;
    }

    /** Forgets who asked last: the next request of a connection may be another's. */
    public void forget() {
        caller = null;
    }

    /**
     * Whether so many wrong tokens came that the connection is to be closed.
     *
     * @return true from {@code tokens.mistakes} on
     */
    public boolean isExhausted() {
        return mistakes >= security.mostMistakes();
    }
}
