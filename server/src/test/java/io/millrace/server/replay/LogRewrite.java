package io.millrace.server.replay;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.log.LogFileReader;
import io.millrace.core.log.LogLimits;
import io.millrace.core.log.LogPlan;
import io.millrace.core.log.RollingLog;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.impression.FeedbackLayout;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.server.TinyBundle;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Writes the first file of a log again with impressions changed, all checksums right. */
final class LogRewrite {
    private final LoggedWorld world;

    LogRewrite(LoggedWorld world) {
        this.world = world;
    }

    interface Change {
        /**
         * Changes an impression, or not.
         *
         * @param record how many impressions are before it
         * @param content its bytes
         */
        void apply(int record, byte[] content);
    }

    /** Feedback, which another thread's buffer brings, stands anywhere between impressions. */
    void apply(Change change) throws IOException {
        Path file = world.files().getFirst();
        List<byte[]> contents = new ArrayList<>();
        String description;
        try (LogFileReader reader = LogFileReader.open(file, ImpressionDescription.KIND)) {
            description = reader.description();
            while (reader.next()) {
                contents.add(
                        reader.segment()
                                .asSlice(reader.offset(), reader.length())
                                .toArray(ValueLayout.JAVA_BYTE));
            }
        }
        Files.delete(file);
        LogLimits limits = new LogLimits(1 << 20, 1 << 30, 3_600_000, 1L << 31);
        LogPlan plan = new LogPlan(world.log, ImpressionDescription.KIND, description, limits);
        try (RollingLog log = RollingLog.open(plan, InstantSource.system())) {
            int record = 0;
            for (byte[] content : contents) {
                if (content[ImpressionLayout.KIND_OFFSET] != FeedbackLayout.FEEDBACK) {
                    change.apply(record++, content);
                }
                log.append(new UnsafeBuffer(content), 0, content.length);
            }
            log.flush();
        }
    }

    /** An impression without rates over its bytes, to find what is to be changed. */
    Impression wrap(byte[] content) {
        Impression impression =
                new Impression(
                        new ImpressionLayout(
                                TinyBundle.DIMENSION,
                                rowBytes(FeatureScope.USER),
                                rowBytes(FeatureScope.CONTEXT),
                                rowBytes(FeatureScope.ITEM),
                                0));
        assertTrue(impression.wrap(MemorySegment.ofArray(content), 0, content.length));
        return impression;
    }

    private int rowBytes(FeatureScope scope) {
        return world.tiny.schema().layout(scope).rowBytes();
    }
}
