package io.millrace.core.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;

/** Certificates and keys, in the text around them and in the bytes within. */
final class PemFuzzTest {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";
    private static final String ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY";

    /** Where the encrypted key has the number 2,048, and the lengths of all that it is within. */
    private static final int ITERATIONS_OFFSET = 43;

    private static final int ITERATIONS_BYTES = 4;
    private static final int[] LENGTH_OFFSETS = {2, 4, 17, 19, 32};

    @TempDir private Path folder;
    private Path file = Path.of("");
    private Path password = Path.of("");
    private String certificate = "";
    private String key = "";

    @BeforeEach
    void make() throws IOException {
        TestCertificates.Issued issued =
                new TestCertificates("authority").issue(folder, "host", Duration.ofDays(7));
        certificate = Files.readString(issued.certificate());
        key = Files.readString(issued.key());
        file = issued.key();
        password = Files.writeString(folder.resolve("password"), "open sesame\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfTheTextAreChanged() {
        Fuzzing.of("pem")
                .seeds(certificate, key, certificate + key)
                .words("-----BEGIN ", "-----END ", "-----", CERTIFICATE, KEY, "\n", "=", "====")
                .run(input -> read(Files.write(file, input)));
    }

    @Test
    void shouldReadOrRefuseWhenBytesWithinAreChanged() {
        Fuzzing.of("der")
                .seeds(within(certificate), within(key))
                .run(
                        input -> {
                            String text = Base64.getMimeEncoder().encodeToString(input);
                            MillraceException refusal = null;
                            for (String what : new String[] {CERTIFICATE, KEY}) {
                                Files.writeString(file, block(what, text));
                                try {
                                    read(file);
                                    return;
                                } catch (MillraceException e) {
                                    refusal = e;
                                }
                            }
                            throw refusal;
                        });
    }

    /**
     * Some inputs ask for as many iterations as are permitted; each leaves 200 bytes to the
     * collector.
     */
    @Test
    void shouldDecryptOrRefuseWhenBytesWithinAnEncryptedKeyAreChanged() {
        Fuzzing.of("encrypted-der")
                .seeds(within(TlsIdentityTest.ENCRYPTED_KEY))
                .patient(Duration.ofSeconds(10))
                .free(512 << 20)
                .run(
                        input -> {
                            String text = Base64.getMimeEncoder().encodeToString(input);
                            Files.writeString(file, block(ENCRYPTED_KEY, text));
                            PemFile.privateKey(file, password);
                        });
    }

    /** It may say that its password is to be hashed two thousand million times. */
    @Test
    void shouldRefuseAKeyThatWouldTakeHoursToDecrypt() throws IOException {
        byte[] der = within(TlsIdentityTest.ENCRYPTED_KEY);
        ByteArrayOutputStream forged = new ByteArrayOutputStream();
        forged.write(der, 0, ITERATIONS_OFFSET);
        forged.writeBytes(new byte[] {0x02, 0x04, 0x7F, -1, -1, -1});
        int rest = ITERATIONS_OFFSET + ITERATIONS_BYTES;
        forged.write(der, rest, der.length - rest);
        byte[] longer = forged.toByteArray();
        for (int at : LENGTH_OFFSETS) {
            longer[at] = (byte) (longer[at] + 2);
        }
        Files.writeString(
                file, block(ENCRYPTED_KEY, Base64.getMimeEncoder().encodeToString(longer)));
        MillraceException e =
                assertThrows(MillraceException.class, () -> PemFile.privateKey(file, password));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains("iterations=2147483647"), e.getMessage());
    }

    /** As certificates, and where it holds none as a key. */
    private void read(Path pem) {
        try {
            PemFile.certificates(pem);
        } catch (MillraceException e) {
            PemFile.privateKey(pem, password);
        }
    }

    private static byte[] within(String pem) {
        String[] parts = pem.strip().split("-----", -1);
        return Base64.getMimeDecoder().decode(parts[2]);
    }

    private static String block(String what, String text) {
        return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    }
}
