package io.millrace.data.importers.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

final class DelimitedFileTest {
    private static final String TEXT = "a,b\n1,x\n2,\"y,\"\"z\"\n";

    @TempDir private Path folder;

    @Test
    void shouldReadTheSameWhenPlainOrCompressed() throws IOException {
        Path plain = Files.writeString(folder.resolve("f.csv"), TEXT);
        Path gzip = folder.resolve("f.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
            out.write(TEXT.getBytes(StandardCharsets.UTF_8));
        }
        Path zip = zip("f.csv.zip", "folder/", "folder/f.csv");
        for (Path path : List.of(plain, gzip, zip)) {
            assertEquals(List.of("2:1|x", "3:2|y,\"z"), read(path, DelimitedFormat.CSV));
        }
    }

    @Test
    void shouldRefuseArchivesOfSeveralFilesAndBrokenOnes() throws IOException {
        Path two = zip("two.zip", "a.csv", "b.csv");
        assertRefused(two, "files=2; unpack it");
        Path whole = zip("cut.zip", "a.csv");
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(whole, "not a whole zip file");
    }

    @Test
    void shouldTakeLongSeparatorsLatinTextAndQuotesAsTheyAre() throws IOException {
        Path path = folder.resolve("movies.dat");
        Files.write(path, "1::\"Caf\u00e9\" (1995)\n".getBytes(StandardCharsets.ISO_8859_1));
        DelimitedFormat format =
                DelimitedFormat.CSV
                        .withSeparator("::")
                        .withCharset(StandardCharsets.ISO_8859_1)
                        .plain(List.of("a", "b"));
        assertEquals(List.of("1:1|\"Caf\u00e9\" (1995)"), read(path, format));
    }

    @Test
    void shouldReadMissingTokensAsMissing() throws IOException {
        Path path = Files.writeString(folder.resolve("f.csv"), "a,b\nNA,\\N\n1,NAN\n");
        DelimitedFormat csv = DelimitedFormat.CSV;
        DelimitedFormat format =
                new DelimitedFormat(
                        csv.separator(), csv.charset(), true, List.of(), Set.of("NA", "\\N"));
        assertEquals(List.of("2:|", "3:1|NAN"), read(path, format));
    }

    @Test
    void shouldNameColumnsThatAreMissingOrTwice() throws IOException {
        assertRefused(Files.writeString(folder.resolve("a.csv"), "a,c\n1,2\n"), "column=b");
        assertRefused(Files.writeString(folder.resolve("b.csv"), "a,b,a\n"), "column twice");
        assertRefused(Files.writeString(folder.resolve("c.csv"), ""), "empty file");
    }

    @Test
    void shouldTellTheProgressEveryByteOfTheFile() throws IOException {
        Path path = Files.writeString(folder.resolve("f.csv"), TEXT);
        AtomicLong done = new AtomicLong();
        AtomicLong total = new AtomicLong();
        ProgressListener progress =
                (name, steps) -> {
                    total.set(steps);
                    return new ProgressListener.Stage() {
                        @Override
                        public void advance(long count) {
                            done.addAndGet(count);
                        }

                        @Override
                        public void note(String text) {}

                        @Override
                        public void close() {}
                    };
                };
        new DelimitedFile(path, DelimitedFormat.CSV, List.of("a"))
                .forEach(new Rejects(0), progress, row -> {});
        assertEquals(TEXT.length(), done.get());
        assertEquals(TEXT.length(), total.get());
    }

    private Path zip(String name, String... entries) throws IOException {
        Path path = folder.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(path))) {
            for (String entry : entries) {
                out.putNextEntry(new ZipEntry(entry));
                if (!entry.endsWith("/")) {
                    out.write(TEXT.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return path;
    }

    private static List<String> read(Path path, DelimitedFormat format) {
        List<String> rows = new ArrayList<>();
        long taken =
                new DelimitedFile(path, format, List.of("a", "b"))
                        .forEach(
                                new Rejects(0),
                                ProgressListener.NONE,
                                row ->
                                        rows.add(
                                                row.line()
                                                        + ":"
                                                        + row.text("a")
                                                        + "|"
                                                        + row.text("b")));
        assertEquals(rows.size(), taken);
        return rows;
    }

    private static void assertRefused(Path path, String expected) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> read(path, DelimitedFormat.CSV));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
