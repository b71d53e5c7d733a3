package io.millrace.server.security.tokens;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a file of tokens says of one.
 *
 * @param name for people
 * @param roles at least one
 * @param sha256 of the token, hexadecimal
 * @param requestsPerSecond that it may ask, over all connections; null for any number
 * @param burst that it may ask at once; null for those of a second
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TokenEntry(
        String name,
        List<Role> roles,
        String sha256,
        @Nullable Double requestsPerSecond,
        @Nullable Integer burst) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{" + TokenHash.DIGITS + "}");
    private static final double LEAST_RATE = 0.001;
    private static final double MOST_RATE = 1e9;
    private static final int MOST_BURST = 1_000_000;

    /**
     * Checks the limits.
     *
     * @throws MillraceException when something makes no sense; the hash is not told
     */
    @SuppressWarnings("ConstantValue") // What a file leaves out comes as null.
    public TokenEntry {
        if (name == null || !NAME.matcher(name).matches()) {
            throw MillraceException.badInput(
                    "bad name of a token: name=%s; take up to 64 letters, digits, dots, dashes",
                    name);
        }
        if (roles == null || roles.isEmpty()) {
            throw MillraceException.badInput(
                    "token without a role: name=%s; give READ, WRITE or ADMIN", name);
        }
        if (sha256 == null || !HASH.matcher(sha256).matches()) {
            throw MillraceException.badInput(
                    "bad hash of a token: name=%s; it has %d hexadecimal digits in lower case",
                    name, TokenHash.DIGITS);
        }
        if (requestsPerSecond != null
                && !(requestsPerSecond >= LEAST_RATE && requestsPerSecond <= MOST_RATE)) {
            throw MillraceException.badInput(
                    "out of range: name=%s, requestsPerSecond=%s, limit=%s to %s; change it",
                    name, requestsPerSecond, LEAST_RATE, MOST_RATE);
        }
        if (burst != null && (requestsPerSecond == null || burst < 1 || burst > MOST_BURST)) {
            throw MillraceException.badInput(
                    "bad burst: name=%s, burst=%d, limit=1 to %d; change it, and give"
                            + " requestsPerSecond",
                    name, burst, MOST_BURST);
        }
        roles = List.copyOf(roles);
    }

    public int roleBits() {
        int bits = 0;
        for (Role role : roles) {
            bits |= role.bit();
        }
        return bits;
    }

    /** How many may be asked at once; only where there is a rate. */
    public int burstOf(double perSecond) {
        return burst != null ? burst : (int) Math.clamp(Math.ceil(perSecond), 1, MOST_BURST);
    }

    /** Without the hash. */
    @Override
    public String toString() {
        return "token " + name + " " + roles;
    }
}
