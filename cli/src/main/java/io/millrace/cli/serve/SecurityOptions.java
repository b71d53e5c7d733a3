package io.millrace.cli.serve;

import io.millrace.client.connection.ClientSecurity;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

import java.nio.file.Path;

/** How a command knows a server, and the server knows who asks (docs/security.md). */
public final class SecurityOptions {
    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description =
                    "Encrypt, and trust servers whose certificate one of these (PEM) has signed."
                            + " Default: no TLS.")
    private @Nullable Path authorities;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Certificate (PEM) to show to servers that want one.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Its private key (PEM, PKCS#8, not encrypted).")
    private @Nullable Path key;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description =
                    "File whose first line is the token to show. Default: the variable "
                            + ClientSecurity.TOKEN_VARIABLE
                            + ", if it is set.")
    private @Nullable Path tokenFile;

    /** Filled by picocli. */
    public SecurityOptions() {}

    /** What the options and the environment say. */
    public ClientSecurity security() {
        return security(System.getenv(ClientSecurity.TOKEN_VARIABLE));
    }

    /** What the options say, and else a variable. */
    public ClientSecurity security(@Nullable String variable) {
        ClientSecurity security = encryption();
        if (tokenFile != null) {
            return security.withTokenFile(tokenFile);
        }
        return variable == null || variable.isBlank() ? security : security.withToken(variable);
    }

    private ClientSecurity encryption() {
        if ((certificate == null) != (key == null)) {
            throw MillraceException.usage(
                    "a certificate and its key go together: --tls-certificate=%s, --tls-key=%s;"
                            + " name both or none",
                    certificate, key);
        }
        if (authorities == null) {
            if (certificate != null) {
                throw MillraceException.usage(
                        "nothing is encrypted: --tls-certificate=%s; name --tls-ca, too",
                        certificate);
            }
            return ClientSecurity.NONE;
        }
        return certificate == null || key == null
                ? ClientSecurity.NONE.trusting(authorities)
                : ClientSecurity.NONE.trusting(authorities, certificate, key);
    }
}
