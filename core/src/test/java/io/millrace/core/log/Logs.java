package io.millrace.core.log;

import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Small logs for tests. */
final class Logs {
    static final LogKind KIND = new LogKind("things", "THINGS", 3);
    static final String DESCRIPTION = "{\"about\": \"things\"}";
    static final LogLimits ROOMY = new LogLimits(1_000, 1 << 20, 3_600_000, 1 << 24);

    private Logs() {}

    static LogPlan plan(Path folder, LogLimits limits) {
        return new LogPlan(folder, KIND, DESCRIPTION, limits);
    }

    /** A record that tells its number by its length and bytes. */
    static byte[] content(int number) {
        byte[] content = new byte[1 + number % 40];
        Arrays.fill(content, (byte) (number * 7 + 1));
        return content;
    }

    static void append(RollingLog log, byte[] content) {
        log.append(new UnsafeBuffer(content), 0, content.length);
    }

    static List<byte[]> contents(LogFileReader reader) {
        List<byte[]> contents = new ArrayList<>();
        while (reader.next()) {
            contents.add(
                    reader.segment()
                            .asSlice(reader.offset(), reader.length())
                            .toArray(ValueLayout.JAVA_BYTE));
        }
        return contents;
    }
}
