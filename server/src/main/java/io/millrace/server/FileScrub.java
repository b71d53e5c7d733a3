package io.millrace.server;

import io.millrace.core.bundle.BundleFile;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Reads the files of a bundle again and compares them with the checksums of its manifest. They are
 * held open from the beginning: what is read is what was opened, whatever becomes of the names.
 * Reading shows the pages of memory that others have mapped the file by, and where the disk gives
 * no bytes it is an error here and not a fault.
 *
 * <p>Threading: one thread.
 */
final class FileScrub implements AutoCloseable {
    private static final int PIECE_BYTES = 1 << 18;

    /** Told of each piece that was read; says whether to go on. */
    @FunctionalInterface
    interface Pace {
        boolean goesOnAfter(int bytes);
    }

    private final Path bundle;
    private final BundleManifest manifest;
    private final Map<String, FileChannel> channels = new LinkedHashMap<>();
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    private boolean isWhole;

    private FileScrub(Path bundle, BundleManifest manifest) {
        this.bundle = bundle;
        this.manifest = manifest;
    }

    /**
     * Opens the files of a bundle.
     *
     * @param bundle its folder
     * @param fingerprint of the bundle that is served
     * @throws MillraceException MISMATCH when another bundle stands there by now, IO when the
     *     system refuses
     */
    static FileScrub open(Path bundle, long fingerprint) {
        BundleManifest manifest = BundleManifest.read(bundle);
        FileScrub scrub = new FileScrub(bundle, manifest);
        try {
            for (String name : manifest.files().keySet()) {
                scrub.channels.put(
                        name, FileChannel.open(bundle.resolve(name), StandardOpenOption.READ));
            }
            // Asked for last: a folder that was replaced meanwhile tells another one now.
            long actual = BundleManifest.read(bundle).fingerprintBits();
            if (actual != fingerprint || manifest.fingerprintBits() != fingerprint) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "another bundle stands where the one that is served did: folder=%s,"
                                + " served=%016x, there=%016x",
                        bundle,
                        fingerprint,
                        actual);
            }
            return scrub;
        } catch (IOException e) {
            scrub.close();
            throw MillraceException.io("open a file of the bundle", bundle, e);
        } catch (RuntimeException e) {
            scrub.close();
            throw e;
        }
    }

    /**
     * Reads all files once.
     *
     * @param pace told of each piece
     * @return what is wrong with the first that is not as it was built; null where none was found
     */
    @Nullable String pass(Pace pace) {
        isWhole = false;
        for (Map.Entry<String, BundleFile> file : manifest.files().entrySet()) {
            FileChannel channel = channels.get(file.getKey());
            if (channel == null) {
                continue;
            }
            String damage;
            try {
                CRC32C crc = new CRC32C();
                long length = sum(channel, crc, pace);
                if (length < 0) {
                    return null;
                }
                damage = damage(file.getValue(), length, crc);
            } catch (IOException e) {
                damage = "reason=" + e.getMessage();
            }
            if (!damage.isEmpty()) {
                return "file=" + bundle.resolve(file.getKey()) + ", " + damage;
            }
        }
        isWhole = true;
        return null;
    }

    /** Length of the file, or -1 where the rest is not wanted. */
    private long sum(FileChannel channel, CRC32C crc, Pace pace) throws IOException {
        long at = 0;
        while (true) {
            int read = channel.read(piece.clear(), at);
            if (read < 0) {
                return at;
            }
            crc.update(piece.flip());
            at += read;
            if (!pace.goesOnAfter(read)) {
                return -1;
            }
        }
    }

    private static String damage(BundleFile expected, long length, CRC32C crc) {
        String actual = String.format(Locale.ROOT, "%08x", (int) crc.getValue());
        return expected.bytes() == length && expected.crc32c().equals(actual)
                ? ""
                : String.format(
                        Locale.ROOT,
                        "expected=%d bytes of %s, actual=%d bytes of %s",
                        expected.bytes(),
                        expected.crc32c(),
                        length,
                        actual);
    }

    /** Whether the last pass came to its end. */
    boolean isWhole() {
        return isWhole;
    }

    @Override
    public void close() {
        for (FileChannel channel : channels.values()) {
            try {
                channel.close();
            } catch (IOException e) {
                throw MillraceException.io("close a file of the bundle", bundle, e);
            }
        }
        channels.clear();
    }
}
