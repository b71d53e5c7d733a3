package io.millrace.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.core.wire.codec.EventCode;
import io.millrace.ranker.feedback.EventKind;

import org.junit.jupiter.api.Test;

final class EventKindTest {
    @Test
    void shouldAgreeWithTheWireWhenKindsAreRead() {
        assertEquals(EventCode.values().length - 1, EventKind.count());
        for (EventCode code : EventCode.values()) {
            EventKind kind = EventKind.of(code.value());
            if (code == EventCode.NULL_VAL) {
                assertNull(kind);
            } else {
                assertNotNull(kind);
                assertEquals(code.name(), kind.name());
                assertEquals(code.value(), kind.code());
            }
        }
        assertNull(EventKind.of(-1));
        assertNull(EventKind.of(EventKind.count()));
    }
}
