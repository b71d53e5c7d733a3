package io.millrace.core.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

final class LogFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("file");
        byte[] sound = sound();
        Fuzzing.of("log")
                .seeds(sound)
                .kept(forged(sound, -1))
                .words("RECO", "MILLRLOG", Logs.DESCRIPTION)
                .repairing(LogRepair::repaired)
                .run(
                        input -> {
                            Files.write(file, input);
                            try (LogFileReader reader = LogFileReader.open(file, Logs.KIND)) {
                                Logs.contents(reader);
                                if (!reader.hasHeader()) {
                                    assertEquals("", reader.description());
                                }
                                reader.damage();
                            }
                        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -48, -49, Integer.MIN_VALUE, LogLayout.MAX_DESCRIPTION_BYTES + 1})
    void shouldRefuseWhenTheLengthOfTheDescriptionIsForged(int length) throws IOException {
        byte[] forged = forged(sound(), length);
        Path file = Files.write(folder.resolve("forged"), forged);
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> LogFileReader.open(file, Logs.KIND).close());
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
    }

    /** With another length of the description, and checksums that fit. */
    private static byte[] forged(byte[] sound, int length) {
        byte[] forged = sound.clone();
        MemorySegment.ofArray(forged)
                .set(LogLayout.INT, LogLayout.DESCRIPTION_LENGTH_OFFSET, length);
        return LogRepair.repaired(forged);
    }

    private byte[] sound() throws IOException {
        try (RollingLog log =
                RollingLog.open(Logs.plan(folder, Logs.ROOMY), InstantSource.system())) {
            for (int i = 0; i < 5; i++) {
                Logs.append(log, Logs.content(i * 9));
            }
        }
        List<Path> files = LogFiles.list(folder, Logs.KIND);
        return Files.readAllBytes(files.getFirst());
    }
}
