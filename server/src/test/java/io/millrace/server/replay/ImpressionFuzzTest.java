package io.millrace.server.replay;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.log.LogFiles;
import io.millrace.core.log.LogRepair;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLogReader;
import io.millrace.ranker.impression.LoggedFeedback;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

final class ImpressionFuzzTest {
    private static final int SEED_BYTES = 32 << 10;

    private static final ImpressionLogReader.Beside BESIDE =
            new ImpressionLogReader.Beside() {
                @Override
                public void told(LoggedFeedback feedback) {
                    feedback.experimentKey();
                    for (int i = 0; i < feedback.count(); i++) {
                        feedback.kind(i);
                        feedback.itemId(i);
                        feedback.watchedShare(i);
                    }
                }

                @Override
                public void shownByAnother(Impression shown) {
                    readAll(shown);
                }
            };

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        LoggedWorld world = new LoggedWorld(folder);
        world.serve(world.config());
        world.serve(world.config(), LoggedWorld::changingRequests);
        world.serve(world.config(), LoggedWorld::filteredRequests);
        List<Path> logs = LogFiles.list(world.log, ImpressionDescription.KIND);
        byte[] sound = beginningOf(logs.getFirst());
        byte[] withFeedback = beginningOf(logs.get(1));
        byte[] withFilters = beginningOf(logs.getLast());
        String fingerprint = world.fingerprint();
        Path file = folder.resolve(logs.getFirst().getFileName());
        Fuzzing.of("impressions")
                .seeds(sound, withFeedback, withFilters)
                .words("RECO", "MILLRLOG", "\"", "{", "}", "null", "-1", "2147483647")
                .repairing(LogRepair::repaired)
                .run(
                        input -> {
                            Files.write(file, input);
                            try (ImpressionLogReader reader =
                                    new ImpressionLogReader(file, fingerprint, BESIDE)) {
                                for (Impression each = reader.next();
                                        each != null;
                                        each = reader.next()) {
                                    readAll(each);
                                }
                            }
                        });
    }

    private static byte[] beginningOf(Path log) throws IOException {
        byte[] whole = Files.readAllBytes(log);
        return Arrays.copyOf(whole, Math.min(whole.length, SEED_BYTES));
    }

    /** What was let in must be fit to be read. */
    private static void readAll(Impression each) {
        for (int i = 0; i < each.contextCount(); i++) {
            each.contextField(i);
            each.contextCode(i);
        }
        for (int i = 0; i < each.excludedCount(); i++) {
            each.excluded(i);
        }
        each.filter();
        each.experimentKey();
        each.vectorInto(new float[each.layout().dimension()]);
        for (int i = 0; i < each.itemCount(); i++) {
            each.itemId(i);
            each.score(i);
            each.itemRowOffset(i);
        }
        for (int rate = 0; rate < each.layout().rates(); rate++) {
            for (int candidate = 0; candidate < each.ranked(); candidate++) {
                each.candidateRate(candidate, rate);
            }
        }
    }
}
