package io.millrace.server.security;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.tls.PemFile;
import io.millrace.core.tls.TlsIdentity;
import io.millrace.server.config.TlsConfig;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLException;

/**
 * TLS 1.3 by the JDK, with the certificate that was read last. Each reading makes a context of its
 * own, so that no session made under an older certificate, or by a client whose authority is
 * trusted no longer, is resumed.
 *
 * <p>Threading: any thread asks; reloads take turns.
 */
final class ServerTls implements Reloadable {
    private static final String PROTOCOL = "TLSv1.3";

    private final Path certificate;
    private final Path key;
    private final @Nullable Path keyPassword;
    private final @Nullable Path clients;
    private final int handshakeMs;
    private volatile Current current;

    /** Reads the files for the first time. */
    ServerTls(TlsConfig config) {
        certificate = Path.of(Objects.requireNonNull(config.certificate(), "validated"));
        key = Path.of(Objects.requireNonNull(config.key(), "validated"));
        keyPassword = config.keyPassword() == null ? null : Path.of(config.keyPassword());
        clients = config.clients() == null ? null : Path.of(config.clients());
        handshakeMs = config.handshakeMs();
        current = read();
    }

    private Current read() {
        TlsIdentity identity = TlsIdentity.read(certificate, key, keyPassword);
        SslContextBuilder builder =
                SslContextBuilder.forServer(
                                identity.key(), identity.chain().toArray(new X509Certificate[0]))
                        .sslProvider(SslProvider.JDK)
                        .protocols(PROTOCOL);
        if (clients != null) {
            builder.clientAuth(ClientAuth.REQUIRE).trustManager(PemFile.certificates(clients));
        }
        try {
            return new Current(builder.build(), identity);
        } catch (SSLException e) {
            throw new MillraceException(
                    ErrorCode.BAD_INPUT,
                    "certificate can't be used: file="
                            + certificate
                            + ", reason="
                            + e.getMessage()
                            + "; replace it",
                    e);
        }
    }

    @Override
    public String label() {
        return "certificate";
    }

    @Override
    public List<Path> files() {
        List<Path> files = new ArrayList<>(List.of(certificate, key));
        if (keyPassword != null) {
            files.add(keyPassword);
        }
        if (clients != null) {
            files.add(clients);
        }
        return files;
    }

    @Override
    public synchronized void reload() {
        current = read();
    }

    TlsIdentity identity() {
        return current.identity;
    }

    /** Encrypts one connection. */
    SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = current.context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(handshakeMs);
        return handler;
    }

    /**
     * What was read last.
     *
     * @param context that new connections take
     * @param identity that it shows
     */
    private record Current(SslContext context, TlsIdentity identity) {}
}
