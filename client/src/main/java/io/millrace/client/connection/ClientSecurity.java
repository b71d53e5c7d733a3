package io.millrace.client.connection;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.tls.PemFile;
import io.millrace.core.tls.SecretFile;
import io.millrace.core.tls.TlsIdentity;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * How a client knows its servers, and how they know it: TLS 1.3 with the server's name verified, a
 * certificate of its own where servers want one, and a token.
 *
 * <p>Threading: immutable.
 */
public final class ClientSecurity {
    /** Plain connections, and no token. */
    public static final ClientSecurity NONE = new ClientSecurity(null, null);

    /** The variable of the environment that a token may stand in. */
    public static final String TOKEN_VARIABLE = "MILLRACE_TOKEN";

    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final char[] NO_PASSWORD = new char[0];

    private final @Nullable SSLContext tls;
    private final @Nullable String token;

    private ClientSecurity(@Nullable SSLContext tls, @Nullable String token) {
        this.tls = tls;
        this.token = token;
    }

    /**
     * Encrypts connections to servers whose certificate one of some authorities has signed.
     *
     * @param authorities PEM of their certificates.
     * @return the same token, with TLS.
     * @throws MillraceException when the file can't be read.
     */
    public ClientSecurity trusting(Path authorities) {
        return new ClientSecurity(context(authorities, null), token);
    }

    /**
     * The same, for servers that want to see a certificate.
     *
     * @param authorities PEM of their certificates.
     * @param certificate PEM of the client's own, and of those between it and the root.
     * @param key PEM of its private key, PKCS#8, not encrypted.
     * @return the same token, with mutual TLS.
     * @throws MillraceException when a file can't be read, or the key does not fit.
     */
    public ClientSecurity trusting(Path authorities, Path certificate, Path key) {
        TlsIdentity identity = TlsIdentity.read(certificate, key, null);
        return new ClientSecurity(context(authorities, identity), token);
    }

    /**
     * Shows a token on each connection. Without TLS it is sent to this machine only.
     *
     * @param shown as {@code millrace token new} printed it.
     * @return the same TLS, with the token.
     */
    public ClientSecurity withToken(String shown) {
        if (shown.isBlank()) {
            throw MillraceException.usage("empty token; leave it out where none is wanted");
        }
        return new ClientSecurity(tls, shown.strip());
    }

    /**
     * Shows the token of a file.
     *
     * @param file whose first line it is; others may not read it.
     * @return the same TLS, with the token.
     * @throws MillraceException when the file can't be read, or others can.
     */
    public ClientSecurity withTokenFile(Path file) {
        return withToken(SecretFile.readLine("token", file));
    }

    private static SSLContext context(Path authorities, @Nullable TlsIdentity identity) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int number = 0;
            for (X509Certificate authority : PemFile.certificates(authorities)) {
                trusted.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(identity), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new MillraceException(
                    ErrorCode.BAD_INPUT,
                    "certificates can't be used: file="
                            + authorities
                            + ", reason="
                            + e.getMessage()
                            + "; replace them",
                    e);
        }
    }

    private static KeyManager @Nullable [] keyManagers(@Nullable TlsIdentity identity)
            throws GeneralSecurityException, IOException {
        if (identity == null) {
            return null;
        }
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                "client",
                identity.key(),
                NO_PASSWORD,
                identity.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, NO_PASSWORD);
        return keys.getKeyManagers();
    }

    /**
     * TLS, for clients of other kinds, such as of HTTP.
     *
     * @return null for plain connections.
     */
    public @Nullable SSLContext tls() {
        return tls;
    }

    /**
     * One side of a connection.
     *
     * @param host that the server's certificate must name.
     * @param port of the server.
     * @return an engine of a client; null for plain connections.
     */
    public @Nullable SSLEngine newEngine(String host, int port) {
        if (tls == null) {
            return null;
        }
        SSLEngine engine = tls.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    /**
     * The token to show at an address.
     *
     * @param remote where it would go.
     * @return null where there is none.
     * @throws MillraceException USAGE when it would leave the machine in the clear.
     */
    public @Nullable String tokenFor(InetAddress remote) {
        if (token != null && tls == null && !remote.isLoopbackAddress()) {
            throw MillraceException.usage(
                    "a token would be sent in the clear: address=%s; encrypt by --tls-ca, or"
                            + " ClientSecurity.trusting",
                    remote.getHostAddress());
        }
        return token;
    }

    /** Without the token. */
    @Override
    public String toString() {
        return (tls == null ? "plain" : "tls") + (token == null ? "" : ", with a token");
    }
}
