package io.millrace.core.tls;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/** Reads PEM (RFC 7468): certificates, and private keys in PKCS#8, encrypted or not. */
public final class PemFile {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";
    private static final String ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY";

    /** A second or two; with the most that a file can say it would be an hour. */
    private static final int MOST_ITERATIONS = 2_000_000;

    private static final List<String> KEY_KINDS = List.of("RSA", "EC", "EdDSA");

    private PemFile() {}

    /**
     * Reads certificates.
     *
     * @param file one or more of them, in their order.
     * @return at least one.
     * @throws MillraceException when the file can't be read or has none.
     */
    public static List<X509Certificate> certificates(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.US_ASCII);
        } catch (CharacterCodingException e) {
            throw damaged(file, e);
        } catch (IOException e) {
            throw MillraceException.io("read certificates", file, e);
        }
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            if (block.group(1).equals(CERTIFICATE)) {
                certificates.add(certificate(decode(file, block.group(2)), file));
            }
        }
        if (certificates.isEmpty()) {
            throw MillraceException.badInput(
                    "no certificate in the file: file=%s; it must hold PEM: BEGIN CERTIFICATE",
                    file);
        }
        return List.copyOf(certificates);
    }

    private static X509Certificate certificate(byte[] bytes, Path file) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(bytes));
        } catch (CertificateException e) {
            throw new MillraceException(
                    ErrorCode.BAD_INPUT, "damaged certificate: file=" + file + "; replace it", e);
        }
    }

    private static byte[] decode(Path file, String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw damaged(file, null);
        }
    }

    /** Without the JDK's words: they may repeat what stands in the file. */
    private static MillraceException damaged(Path file, @Nullable Exception cause) {
        return new MillraceException(
                ErrorCode.BAD_INPUT, "damaged PEM: file=" + file + "; replace it", cause);
    }

    /**
     * Reads a private key.
     *
     * @param file one key in PKCS#8, for RSA, elliptic curves or EdDSA.
     * @param passwordFile whose first line decrypts it; null where it is not encrypted.
     * @return the key.
     * @throws MillraceException when a file can't be read, others can read it, or there is no such
     *     key in it.
     */
    public static PrivateKey privateKey(Path file, @Nullable Path passwordFile) {
        Matcher block = BLOCK.matcher(SecretFile.read("private key", file));
        while (block.find()) {
            switch (block.group(1)) {
                case KEY -> {
                    return key(decode(file, block.group(2)), file);
                }
                case ENCRYPTED_KEY -> {
                    byte[] encrypted = decode(file, block.group(2));
                    return key(decrypted(encrypted, file, passwordFile), file);
                }
                default -> {
                    if (block.group(1).endsWith(KEY)) {
                        throw MillraceException.badInput(
                                "private key of another form: file=%s, form=%s; convert it by"
                                        + " openssl pkcs8 -topk8 -nocrypt",
                                file, block.group(1));
                    }
                }
            }
        }
        throw MillraceException.badInput(
                "no private key in the file: file=%s; it must hold PEM: BEGIN PRIVATE KEY", file);
    }

    private static PrivateKey key(byte[] bytes, Path file) {
        for (String kind : KEY_KINDS) {
            PrivateKey key = keyOf(kind, bytes);
            if (key != null) {
                return key;
            }
        }
        throw MillraceException.badInput(
                "damaged private key: file=%s, known=%s; replace it", file, KEY_KINDS);
    }

    /** The key, or null where it is one of another kind, or none at all. */
    private static @Nullable PrivateKey keyOf(String kind, byte[] bytes) {
        try {
            return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static byte[] decrypted(byte[] bytes, Path file, @Nullable Path passwordFile) {
        if (passwordFile == null) {
            throw MillraceException.usage(
                    "private key is encrypted: file=%s; name the file of its password by"
                            + " tls.keyPassword",
                    file);
        }
        char[] password = SecretFile.readLine("key password", passwordFile).toCharArray();
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(bytes);
            requirePatience(file, info.getAlgParameters());
            // For PBES2 the parameters know the algorithm, and tell it only so.
            String algorithm = info.getAlgParameters().toString();
            SecretKey secret =
                    SecretKeyFactory.getInstance(algorithm)
                            .generateSecret(new PBEKeySpec(password));
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, secret, info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (MillraceException e) {
            throw e;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new MillraceException(
                    ErrorCode.BAD_INPUT,
                    "private key can't be decrypted: file="
                            + file
                            + ", password="
                            + passwordFile
                            + "; correct the password, or encrypt by openssl pkcs8 -topk8 -v2"
                            + " aes256",
                    e);
        }
    }

    private static void requirePatience(Path file, AlgorithmParameters parameters)
            throws InvalidParameterSpecException {
        int iterations = parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount();
        if (iterations > MOST_ITERATIONS) {
            throw MillraceException.badInput(
                    "private key takes too long to decrypt: file=%s, iterations=%d, limit=%d;"
                            + " encrypt it by openssl pkcs8 -topk8 -v2 aes256",
                    file, iterations, MOST_ITERATIONS);
        }
    }
}
