package io.millrace.server.config;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

/**
 * How connections to both ports are encrypted. Paths only: no secret stands in a configuration.
 *
 * @param certificate PEM of the server's certificate and those between it and the root; null for no
 *     TLS
 * @param key PEM of its private key, PKCS#8
 * @param keyPassword file of the key's password, null where it is not encrypted
 * @param clients PEM of the authorities whose certificates clients must show; null for no mutual
 *     TLS
 * @param handshakeMs time that a peer may take for its handshake
 * @param reloadMs how often files of certificates and tokens are looked at; 0 for never
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // A key without a value is a key nevertheless.
public record TlsConfig(
        @Nullable String certificate,
        @Nullable String key,
        @Nullable String keyPassword,
        @Nullable String clients,
        int handshakeMs,
        int reloadMs) {
    /** Every key at its default. */
    static final TlsConfig DEFAULT = new TlsConfig(null, null, null, null, 5_000, 5_000);

    /** Validates. */
    public TlsConfig {
        Ranges.validate("tls.handshakeMs", handshakeMs, 100, 600_000);
        Ranges.validate("tls.reloadMs", reloadMs, 0, 3_600_000);
    }

    /**
     * Whether connections are encrypted.
     *
     * @return true where a certificate is named
     */
    public boolean isOn() {
        return certificate != null;
    }

    /**
     * Checks what belongs together.
     *
     * @throws MillraceException USAGE when one of two is missing
     */
    public void validateWhole() {
        if ((certificate == null) != (key == null)) {
            throw MillraceException.usage(
                    "a certificate and its key go together: tls.certificate=%s, tls.key=%s; name"
                            + " both or none",
                    certificate, key);
        }
        if (certificate == null && (clients != null || keyPassword != null)) {
            throw MillraceException.usage(
                    "nothing is encrypted: tls.clients=%s, tls.keyPassword=%s; name"
                            + " tls.certificate and tls.key, too",
                    clients, keyPassword);
        }
    }
}
