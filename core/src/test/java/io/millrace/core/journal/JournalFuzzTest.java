package io.millrace.core.journal;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.log.LogRepair;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

final class JournalFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws Exception {
        Path written = Files.createDirectory(folder.resolve("written"));
        try (Journal journal = Journals.open(written, 1 << 20)) {
            for (int i = 0; i < 5; i++) {
                Journals.write(journal, Journals.content(i * 9));
            }
        }
        byte[] sound = Files.readAllBytes(Journals.file(written, 1));
        Path read = Files.createDirectory(folder.resolve("read"));
        JournalPlan plan = Journals.plan(read, 1 << 20);
        Fuzzing.of("journal")
                .seeds(sound)
                .words("RECO", "{\"first\": 1}", "first", "\"", "-1", "9223372036854775807")
                .repairing(LogRepair::repaired)
                .run(
                        input -> {
                            Files.write(Journals.file(read, 1), input);
                            new JournalScan(
                                            plan,
                                            0,
                                            (sequence, buffer, offset, length) ->
                                                    buffer.getBytes(offset, new byte[length]))
                                    .run();
                        });
    }
}
