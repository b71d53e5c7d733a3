package io.millrace.server.security.tokens;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Tokens, and what is kept of them. A token is 256 random bits: nobody guesses one, so its plain
 * SHA-256 is enough to keep, without the salt and the slowness that passwords need.
 */
public final class TokenHash {
    /** Lets whoever looks for secrets in texts find ours. */
    private static final String PREFIX = "millrace_";

    private static final int TOKEN_BYTES = 32;
    private static final String ALGORITHM = "SHA-256";

    /** Hexadecimal digits of a hash. */
    static final int DIGITS = 64;

    private TokenHash() {}

    /** A token that nobody has. */
    public static String newToken() {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    public static byte[] of(String token) {
        return of(token.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] of(byte[] token) {
        try {
            return MessageDigest.getInstance(ALGORITHM).digest(token);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    public static byte[] parse(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** Whether two are equal, in a time that does not tell where they differ. */
    public static boolean isEqual(byte[] one, byte[] other) {
        return MessageDigest.isEqual(one, other);
    }
}
