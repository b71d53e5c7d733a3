package io.millrace.data.importers.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

class FileStreamTest {
    private static final int BYTES = 20_000;
    private static final int LONGEST = 1_500;

    @TempDir private Path folder;

    @Test
    void shouldReadAndSkipAsAnArrayIs() throws IOException {
        SplitRandom random = new SplitRandom(1);
        byte[] all = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            all[i] = (byte) random.nextInt(256);
        }
        Path file = Files.write(folder.resolve("file"), all);
        try (FileChannel channel = FileChannel.open(file)) {
            for (int round = 0; round < 200; round++) {
                readThrough(new FileStream(channel, 7), all, 7, random);
            }
        }
    }

    private static void readThrough(FileStream stream, byte[] all, int from, SplitRandom random)
            throws IOException {
        int at = from;
        while (at < all.length) {
            assertEquals(at, stream.position());
            int length = Math.min(random.nextInt(LONGEST), all.length - at);
            if (random.nextInt(2) == 0) {
                stream.skipNBytes(length);
            } else {
                assertEquals(
                        Arrays.toString(Arrays.copyOfRange(all, at, at + length)),
                        Arrays.toString(stream.readNBytes(length)));
            }
            at += length;
        }
        assertEquals(-1, stream.read());
        assertEquals(all.length, stream.position());
    }
}
