package io.millrace.client.message;

import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.ResultResponseDecoder;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Reads the times of stages; a later version may bring more of them, which are skipped. */
final class StageTimes {
    private static final List<String> NAMES =
            List.of(
                    "decode",
                    "queue",
                    "user",
                    "embed",
                    "retrieve",
                    "rank",
                    "rerank",
                    "journal",
                    "encode");
    private static final SequencedMap<String, Long> NONE =
            Collections.unmodifiableSequencedMap(new LinkedHashMap<>());

    private StageTimes() {}

    /** Nanoseconds by name, in the order of the stages; read behind the message. */
    static SequencedMap<String, Long> read(ResultResponseDecoder result) {
        int count = Math.min(result.stageNsLength() / Long.BYTES, WireLimits.STAGES);
        if (count == 0) {
            return NONE;
        }
        UnsafeBuffer times = new UnsafeBuffer();
        result.wrapStageNs(times);
        SequencedMap<String, Long> byName = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            long ns = times.getLong(i * Long.BYTES, ByteOrder.LITTLE_ENDIAN);
            if (ns >= 0) {
                byName.put(NAMES.get(i), ns);
            }
        }
        return Collections.unmodifiableSequencedMap(byName);
    }
}
