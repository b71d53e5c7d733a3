package io.millrace.core.file;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Writes a file so that a reader sees the old content or the new, never a part: temporary sibling,
 * sync, rename, sync of the folder.
 *
 * <p>Threading: any thread; writers of the same path do not disturb one another, the last rename
 * wins.
 */
public final class AtomicFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private AtomicFile() {}

    /**
     * Writes a whole small file.
     *
     * @param target where it will stand; its folder is made when missing.
     * @param content all of its bytes.
     * @throws MillraceException when the system refuses; what was at the target is then untouched.
     */
    public static void write(Path target, byte[] content) {
        createParent(target);
        try {
            writeAndPublish(
                    target,
                    channel -> {
                        ByteBuffer buffer = ByteBuffer.wrap(content);
                        while (buffer.hasRemaining()) {
                            channel.write(buffer);
                        }
                    });
        } catch (IOException e) {
            throw refused("write file", target, content.length, e);
        }
    }

    /**
     * Writes a whole small file that nobody but its owner may read, at no moment.
     *
     * @param target where it will stand; its folder is made when missing.
     * @param content all of its bytes.
     * @throws MillraceException when the system refuses; what was at the target is then untouched.
     */
    public static void writePrivate(Path target, byte[] content) {
        createParent(target);
        try {
            Path temporary = TemporaryPaths.newFile(target);
            try {
                restrict(temporary);
                Files.write(temporary, content, StandardOpenOption.DSYNC);
                publish(temporary, target);
            } finally {
                TemporaryPaths.remove(temporary);
            }
        } catch (IOException e) {
            throw refused("write file", target, content.length, e);
        }
    }

    /** Systems without such rights have others, which stay as they are. */
    private static void restrict(Path file) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes all of it.
         *
         * @param out buffered; need not be closed.
         * @throws IOException when the system refuses.
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a whole file of any size.
     *
     * @param target where it will stand; its folder is made when missing.
     * @param content writes its bytes.
     * @throws MillraceException when the system refuses; what was at the target is then untouched.
     */
    public static void write(Path target, Content content) {
        createParent(target);
        try {
            writeAndPublish(
                    target,
                    channel -> {
                        OutputStream out =
                                new BufferedOutputStream(
                                        Channels.newOutputStream(channel), BUFFER_BYTES);
                        content.writeTo(out);
                        out.flush();
                    });
        } catch (IOException e) {
            throw MillraceException.io("write file", target, e);
        }
    }

    /**
     * What to throw when the system does not take the bytes of a file, as when the disk is full.
     *
     * @param doing what was being done, as in {@code "write file"}.
     * @param target the file that was to stand there; what does now is untouched.
     * @param bytes how many were to be written.
     * @param cause what the JDK said.
     */
    static MillraceException refused(String doing, Path target, long bytes, IOException cause) {
        if (cause instanceof FileSystemException) {
            return MillraceException.io(doing, target, cause);
        }
        return new MillraceException(
                ErrorCode.IO,
                "cannot "
                        + doing
                        + ": file="
                        + target
                        + ", bytes="
                        + bytes
                        + ", reason="
                        + cause.getMessage()
                        + "; make room for it, what was there before is untouched",
                cause);
    }

    static void createParent(Path target) {
        Path parent = target.toAbsolutePath().getParent();
        try {
            if (parent != null) {
                Files.createDirectories(parent);
            }
        } catch (IOException e) {
            throw MillraceException.io("create folder", parent == null ? target : parent, e);
        }
    }

    /** Writes the bytes of a file. */
    @FunctionalInterface
    private interface Filling {
        void fill(FileChannel channel) throws IOException;
    }

    private static void writeAndPublish(Path target, Filling filling) throws IOException {
        Path temporary = TemporaryPaths.newFile(target);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                filling.fill(channel);
                channel.force(true);
            }
            publish(temporary, target);
        } finally {
            TemporaryPaths.remove(temporary);
        }
    }

    /** Puts a finished file in its place. */
    static void publish(Path temporary, Path target) throws IOException {
        Files.move(
                temporary,
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        TemporaryPaths.forget(temporary);
        syncFolder(target.toAbsolutePath().getParent());
    }

    /**
     * Makes new names of a folder durable; systems that cannot open a folder for reading do
     * without.
     *
     * @param folder in which files were made or renamed; nothing is done for null.
     */
    public static void syncFolder(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not every system syncs folders; the file itself is whole either way.
            return;
        }
    }
}
