package io.millrace.server.security;

import io.millrace.core.tls.PemFile;
import io.millrace.core.tls.TestCertificates.Issued;
import io.millrace.server.WireClient;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Clients of TLS by the JDK's blocking sockets. */
final class TlsPeer {
    private static final int TIMEOUT_MS = 20_000;
    private static final char[] PASSWORD = "x".toCharArray();

    private TlsPeer() {}

    /** Trusts an authority, and shows a certificate if there is one. */
    static SSLContext context(Path authority, @Nullable Issued own) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("root", PemFile.certificates(authority).getFirst());
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            KeyStore owned = KeyStore.getInstance("PKCS12");
            owned.load(null, null);
            if (own != null) {
                owned.setKeyEntry(
                        "own",
                        PemFile.privateKey(own.key(), null),
                        PASSWORD,
                        PemFile.certificates(own.certificate()).toArray(new X509Certificate[0]));
            }
            keys.init(owned, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A connection whose handshake is over, by a version of TLS. */
    static SSLSocket connect(SSLContext context, int port, String version) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(List.of(version).toArray(new String[0]));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    static WireClient client(SSLContext context, int port) throws IOException {
        return new WireClient(connect(context, port, "TLSv1.3"));
    }
}
