package io.millrace.core.tls;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Who one side of a connection says to be: a certificate with those that vouch for it, and its key.
 *
 * <p>Threading: immutable.
 */
public final class TlsIdentity {
    private static final byte[] PROBE = {1, 2, 3, 4, 5, 6, 7, 8};

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
        this.chain = chain;
        this.key = key;
    }

    /**
     * Reads and checks an identity.
     *
     * @param certificate PEM: its own certificate first, then those between it and the root.
     * @param key PEM of its private key.
     * @param keyPassword file of the key's password, null where it is not encrypted.
     * @return the identity.
     * @throws MillraceException when a file can't be read, the key is another certificate's, or the
     *     certificate is not valid now.
     */
    public static TlsIdentity read(Path certificate, Path key, @Nullable Path keyPassword) {
        List<X509Certificate> chain = PemFile.certificates(certificate);
        X509Certificate own = chain.getFirst();
        Instant now = Instant.now();
        if (now.isAfter(own.getNotAfter().toInstant())) {
            throw MillraceException.badInput(
                    "certificate has expired: file=%s, notAfter=%s; renew it",
                    certificate, own.getNotAfter().toInstant());
        }
        if (now.isBefore(own.getNotBefore().toInstant())) {
            throw MillraceException.badInput(
                    "certificate is not valid yet: file=%s, notBefore=%s; wait, or set the clock",
                    certificate, own.getNotBefore().toInstant());
        }
        PrivateKey secret = PemFile.privateKey(key, keyPassword);
        if (!fits(own, secret)) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "key does not fit the certificate: certificate=%s, key=%s; name the key that it"
                            + " was made for",
                    certificate,
                    key);
        }
        return new TlsIdentity(chain, secret);
    }

    /** Whether what the one signs the other knows. */
    private static boolean fits(X509Certificate certificate, PrivateKey key) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "EdDSA";
                };
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(PROBE);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(PROBE);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            // A key of another kind than the certificate's.
            return false;
        }
    }

    /**
     * The certificates.
     *
     * @return its own first.
     */
    public List<X509Certificate> chain() {
        return chain;
    }

    /**
     * The private key.
     *
     * @return fits the first certificate.
     */
    public PrivateKey key() {
        return key;
    }

    /**
     * When its own certificate ends.
     *
     * @return the last moment it is valid.
     */
    public Instant expiry() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /**
     * How long its own certificate is valid from now on.
     *
     * @return negative when it has ended.
     */
    public Duration timeLeft() {
        return Duration.between(Instant.now(), expiry());
    }
}
