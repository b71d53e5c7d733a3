package io.millrace.data.bundle;

import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Puts files into a bundle. */
final class BundleFiles {
    private BundleFiles() {}

    /** Copies a file so that it stays when the machine stops. */
    static void copy(Path source, Path target) {
        try {
            Files.copy(source, target);
            try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw MillraceException.io("copy into the bundle", source, e);
        }
    }
}
