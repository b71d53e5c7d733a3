package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/**
 * The worked example of the layout, byte for byte: container version 1 stays readable, and what is
 * written today is what was written when it was fixed.
 */
final class GoldenSectionFileTest {
    private static final String HEADER =
            "4d494c4c52414345 01000000 00001000 474f4c44454e2020 03000000 02000000"
                    + " 0030000000000000 5430000000000000 98bac381";
    private static final String HEADER_CHECKSUM = "f1460ed7";
    private static final String TABLE =
            "6964732020202020 2020202020202020 2020202020202020 0010000000000000 8813000000000000"
                    + " 6e6f6e6520202020 2020202020202020 2020202020202020 0030000000000000"
                    + " 0000000000000000 a4262e70";

    @TempDir private Path folder;

    @Test
    void shouldWriteTheseBytesWhenItIsTheExample() throws IOException {
        Path path = folder.resolve("written");
        try (SectionFileWriter writer = SectionFileWriter.create(path, "GOLDEN", 3)) {
            writer.bytes("ids", ids()).bytes("none", new byte[0]).commit();
        }
        assertArrayEquals(golden(), Files.readAllBytes(path));
    }

    @Test
    void shouldReadTheseBytesWhenTheyAreTheExample() throws IOException {
        Path path = Files.write(folder.resolve("golden"), golden());
        for (SectionFileOpening opening : SectionFileOpening.values()) {
            try (SectionFile file = opening.open(path, "GOLDEN", 3)) {
                assertEquals(3, file.version());
                assertEquals(List.of("ids", "none"), List.copyOf(file.names()));
                assertArrayEquals(ids(), file.readBytes("ids"));
                assertEquals(0, file.section("none").byteSize());
            }
        }
    }

    private static byte[] golden() {
        byte[] bytes = new byte[12_372];
        put(bytes, 0, HEADER);
        put(bytes, 4092, HEADER_CHECKSUM);
        System.arraycopy(ids(), 0, bytes, 4096, 5000);
        put(bytes, 12_288, TABLE);
        return bytes;
    }

    private static byte[] ids() {
        byte[] ids = new byte[5000];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) (i * i);
        }
        return ids;
    }

    private static void put(byte[] target, int offset, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        System.arraycopy(bytes, 0, target, offset, bytes.length);
    }
}
