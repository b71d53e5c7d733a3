package io.millrace.core.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.ZoneOffset.UTC;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An authority for tests, and certificates that it signs: X.509 (RFC 5280) written by hand, since
 * the JDK has no way to make one but a program of its own.
 */
public final class TestCertificates {
    private static final byte[] ECDSA_SHA256 =
            sequence(bytes(0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02));
    private static final byte[] COMMON_NAME = bytes(0x06, 0x03, 0x55, 0x04, 0x03);
    private static final byte[] BASIC_CONSTRAINTS = bytes(0x06, 0x03, 0x55, 0x1D, 0x13);
    private static final byte[] ALTERNATIVE_NAME = bytes(0x06, 0x03, 0x55, 0x1D, 0x11);
    private static final byte[] TRUE = bytes(0x01, 0x01, 0xFF);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final String name;
    private final KeyPair keys = newKeys();
    private final byte[] certificate;

    /** An authority of a name. */
    public TestCertificates(String name) {
        this.name = name;
        byte[] isAuthority = extension(BASIC_CONSTRAINTS, sequence(TRUE));
        this.certificate =
                signed(name, keys, Instant.now().plus(Duration.ofDays(365)), isAuthority);
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes the authority's own certificate. */
    public Path write(Path file) throws IOException {
        return Files.writeString(file, pem("CERTIFICATE", certificate));
    }

    /** Writes a certificate of 127.0.0.1 and localhost that is valid for so long, and its key. */
    public Issued issue(Path folder, String subject, Duration valid) throws IOException {
        return issue(folder, subject, valid, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }

    /** The same of an address, by which alone it is known where it is not loopback. */
    public Issued issue(Path folder, String subject, Duration valid, InetAddress address)
            throws IOException {
        KeyPair own = newKeys();
        byte[] dns =
                address.isLoopbackAddress() ? tlv(0x82, "localhost".getBytes(US_ASCII)) : bytes();
        byte[] names = sequence(dns, tlv(0x87, address.getAddress()));
        byte[] issued =
                signed(subject, own, Instant.now().plus(valid), extension(ALTERNATIVE_NAME, names));
        Path certificateFile = folder.resolve(subject + ".pem");
        Path keyFile = folder.resolve(subject + ".key");
        writeKey(keyFile, own.getPrivate());
        Files.writeString(certificateFile, pem("CERTIFICATE", issued));
        return new Issued(certificateFile, keyFile);
    }

    /** Writes a key that its owner alone may read. */
    public static void writeKey(Path file, PrivateKey key) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, pem("PRIVATE KEY", key.getEncoded()));
    }

    private byte[] signed(String subject, KeyPair subjectKeys, Instant end, byte[] extension) {
        Instant begin = end.minus(Duration.ofDays(400));
        byte[] body =
                sequence(
                        tlv(0xA0, tlv(0x02, bytes(2))),
                        tlv(0x02, BigInteger.valueOf(SERIAL.getAndIncrement()).toByteArray()),
                        ECDSA_SHA256,
                        named(name),
                        sequence(time(begin), time(end)),
                        named(subject),
                        subjectKeys.getPublic().getEncoded(),
                        tlv(0xA3, sequence(extension)));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(body);
            return sequence(body, ECDSA_SHA256, tlv(0x03, join(bytes(0), signature.sign())));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] named(String commonName) {
        byte[] text = tlv(0x0C, commonName.getBytes(UTF_8));
        return sequence(tlv(0x31, sequence(COMMON_NAME, text)));
    }

    private static byte[] time(Instant moment) {
        return tlv(0x18, TIME.format(moment.atZone(UTC)).getBytes(US_ASCII));
    }

    private static byte[] extension(byte[] id, byte[] value) {
        return sequence(id, tlv(0x04, value));
    }

    private static byte[] sequence(byte[]... parts) {
        return tlv(0x30, join(parts));
    }

    private static byte[] tlv(int tag, byte[] value) {
        byte[] length =
                value.length < 128
                        ? bytes(value.length)
                        : value.length < 256
                                ? bytes(0x81, value.length)
                                : bytes(0x82, value.length >> 8, value.length);
        return join(bytes(tag), length, value);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A block of PEM. */
    public static String pem(String label, byte[] der) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + label
                + "-----\n";
    }

    /** A certificate and its key. */
    public record Issued(Path certificate, Path key) {}
}
