package io.millrace.ranker.feedback;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

final class FeedbackJournalFuzzTest {
    private static final int CAPACITY = 8;
    private static final long NOW_MS = FeedbackWorld.BEGIN_MS;

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws Exception {
        Path file = folder.resolve(FeedbackJournal.FILE);
        byte[] few = written(file, CAPACITY / 2);
        byte[] many = written(file, CAPACITY * 2);
        Fuzzing.of("feedback-journal")
                .seeds(few, many)
                .words("MFEEDBK1")
                .run(
                        input -> {
                            Files.write(file, input);
                            readAndTell();
                        });
    }

    private byte[] written(Path file, int events) throws Exception {
        Files.deleteIfExists(file);
        try (FeedbackJournal journal = open()) {
            for (int i = 0; i < events; i++) {
                tell(journal, i);
            }
        }
        return Files.readAllBytes(file);
    }

    private void readAndTell() {
        try (FeedbackJournal journal = open()) {
            long from = journal.oldest();
            assertTrue(journal.count() - from <= CAPACITY);
            for (long place = from; place < journal.count(); place++) {
                journal.at(place);
            }
            tell(journal, 0);
        }
    }

    private FeedbackJournal open() {
        return FeedbackJournal.open(folder, CAPACITY, NOW_MS);
    }

    private static void tell(FeedbackJournal journal, int i) {
        EventKind kind = i % 2 == 0 ? EventKind.CLICK : EventKind.LIKE;
        journal.add(journal.nextStamp(), i % 3, 100 + i, NOW_MS + i, kind, 0.5f);
    }
}
