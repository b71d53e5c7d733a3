package io.millrace.core.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.tls.TestCertificates.Issued;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;

class TlsIdentityTest {
    /** Of no use to anybody: made for this test by openssl genpkey. */
    private static final String PLAIN_KEY =
            """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6dsxX0LbTNrKAsdu
            pMKx5zXgvnGue6THXXauyFYX8XihRANCAAQYqRmWYWz/gjEyr/HM2jyV9GGnqw0Y
            GMntpytOJaqsxHWPALGknEXo7yISaan4YG5QCfpIbNJ1rm6m6O3cCIJh
            -----END PRIVATE KEY-----
            """;

    /** The same by openssl pkcs8 -topk8 -v2 aes256, password "open sesame". */
    static final String ENCRYPTED_KEY =
            """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg7opkOKiEx1QICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMe32LODFctCcD8E4c06vnoEgZBp
            KFm9rfTLSgfKCCIUzVySSr8C2t1Lhx0hAE2JB/iIz7nyVxhdI7LwqacEBt9T1msl
            0hhpBPlY5Ynt+u/l+bCsEw8+JRB17TcBbVZBkMV5F3JcyLsKU37BdcoaQqK69oYv
            rIUJQhYYC/Vyf4iFSoI5yrEsyda6S9QqZO6MqksN1SqeCdGculXTAYDTEus6r1o=
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    @TempDir private Path folder;

    private TestCertificates authority;
    private Issued issued;

    @BeforeEach
    void issue() throws IOException {
        authority = new TestCertificates("authority");
        issued = authority.issue(folder, "server", Duration.ofDays(30));
    }

    private static String refusal(ErrorCode code, org.junit.jupiter.api.function.Executable read) {
        MillraceException e = assertThrows(MillraceException.class, read);
        assertEquals(code, e.code(), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        return e.getMessage();
    }

    @Test
    void shouldReadChainKeyAndEndWhenTheyFit() throws IOException {
        Path root = authority.write(folder.resolve("root.pem"));
        Files.writeString(
                issued.certificate(),
                Files.readString(issued.certificate())
                        + "words between\n"
                        + Files.readString(root));
        TlsIdentity identity = TlsIdentity.read(issued.certificate(), issued.key(), null);
        assertEquals(2, identity.chain().size());
        assertEquals("CN=server", identity.chain().getFirst().getSubjectX500Principal().getName());
        assertEquals("EC", identity.key().getAlgorithm());
        assertEquals(29, identity.timeLeft().toDays());
    }

    @Test
    void shouldRefuseWhenKeyIsAnotherCertificates() throws Exception {
        Issued other = authority.issue(folder, "other", Duration.ofDays(30));
        String message =
                refusal(
                        ErrorCode.MISMATCH,
                        () -> TlsIdentity.read(issued.certificate(), other.key(), null));
        assertTrue(message.startsWith("key does not fit the certificate: "), message);
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2_048);
        TestCertificates.writeKey(other.key(), rsa.generateKeyPair().getPrivate());
        refusal(
                ErrorCode.MISMATCH,
                () -> TlsIdentity.read(issued.certificate(), other.key(), null));
    }

    @Test
    void shouldRefuseWhenCertificateIsOutOfDate() throws IOException {
        Issued expired = authority.issue(folder, "expired", Duration.ofMinutes(-5));
        String message =
                refusal(
                        ErrorCode.BAD_INPUT,
                        () -> TlsIdentity.read(expired.certificate(), expired.key(), null));
        assertTrue(message.startsWith("certificate has expired: file="), message);
        Issued early = authority.issue(folder, "early", Duration.ofDays(500));
        message =
                refusal(
                        ErrorCode.BAD_INPUT,
                        () -> TlsIdentity.read(early.certificate(), early.key(), null));
        assertTrue(message.startsWith("certificate is not valid yet: file="), message);
    }

    @Test
    void shouldNameTheFileWhenItIsMissingOrHoldsSomethingElse() throws IOException {
        Path missing = folder.resolve("missing.pem");
        assertTrue(
                refusal(ErrorCode.NOT_FOUND, () -> TlsIdentity.read(missing, issued.key(), null))
                        .contains(missing.toString()));
        assertTrue(
                refusal(
                                ErrorCode.NOT_FOUND,
                                () -> TlsIdentity.read(issued.certificate(), missing, null))
                        .contains(missing.toString()));
        assertTrue(
                refusal(ErrorCode.BAD_INPUT, () -> PemFile.certificates(issued.key()))
                        .startsWith("no certificate in the file: "));
        Path open = Files.copy(issued.certificate(), folder.resolve("copy.pem"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-------"));
        assertTrue(
                refusal(ErrorCode.BAD_INPUT, () -> PemFile.privateKey(open, null))
                        .startsWith("no private key in the file: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY"})
    void shouldTellHowToConvertWhenKeyIsOfAnotherForm(String label) throws IOException {
        String text = Files.readString(issued.key()).replace("PRIVATE KEY", label);
        Files.writeString(issued.key(), text);
        String message = refusal(ErrorCode.BAD_INPUT, () -> PemFile.privateKey(issued.key(), null));
        assertTrue(message.contains("openssl pkcs8 -topk8"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CERTIFICATE", "PRIVATE KEY"})
    void shouldTellNothingOfTheContentWhenPemIsDamaged(String label) throws IOException {
        Path file = folder.resolve("damaged.pem");
        Files.writeString(file, TestCertificates.pem(label, "very secret words".getBytes(UTF_8)));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> {
                            if (label.equals("CERTIFICATE")) {
                                PemFile.certificates(file);
                            } else {
                                PemFile.privateKey(file, null);
                            }
                        });
        assertTrue(e.getMessage().startsWith("damaged "), e.getMessage());
        assertFalse(e.getMessage().contains("secret words"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"EC,0", "RSA,2048", "Ed25519,0"})
    void shouldReadKeysWhenOfAnyKind(String kind, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
        if (bits > 0) {
            generator.initialize(bits);
        }
        KeyPair keys = generator.generateKeyPair();
        Path file = folder.resolve("any.key");
        TestCertificates.writeKey(file, keys.getPrivate());
        assertEquals(keys.getPrivate(), PemFile.privateKey(file, null));
    }

    @Test
    void shouldDecryptWhenKeyIsEncrypted() throws Exception {
        Files.writeString(issued.key(), PLAIN_KEY);
        PrivateKey key = PemFile.privateKey(issued.key(), null);
        Files.writeString(issued.key(), ENCRYPTED_KEY);
        Path password = folder.resolve("password");
        Files.writeString(password, "open sesame\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        assertEquals(key, PemFile.privateKey(issued.key(), password));
        assertTrue(
                refusal(ErrorCode.USAGE, () -> PemFile.privateKey(issued.key(), null))
                        .contains("tls.keyPassword"));
        Files.writeString(password, "another\n");
        String message =
                refusal(ErrorCode.BAD_INPUT, () -> PemFile.privateKey(issued.key(), password));
        assertFalse(message.contains("another"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "rw-------, true",
        "r--------, true",
        "rw-r-----, true",
        "rw-rw----, false",
        "rw----r--, false",
        "rw-----w-, false",
        "rw-r--r--, false"
    })
    void shouldRefuseSecretsWhenOthersCanReachThem(String rights, boolean isTaken)
            throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "  first \nsecond\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
        if (isTaken) {
            assertEquals("first", SecretFile.readLine("token", file));
            return;
        }
        String message = refusal(ErrorCode.USAGE, () -> SecretFile.readLine("token", file));
        assertEquals(
                "others can reach the file of token: file="
                        + file
                        + ", rights="
                        + rights
                        + ", limit=rw-r-----; chmod 600 it",
                message);
    }
}
