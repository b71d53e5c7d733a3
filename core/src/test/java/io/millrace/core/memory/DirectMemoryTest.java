package io.millrace.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

final class DirectMemoryTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4096, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5 << 20})
    void shouldBeZeroAlignedAndCountedForAnySize(long bytes) {
        long before = DirectMemory.allocatedBytes();
        long beforeEver = DirectMemory.everAllocatedBytes();
        try (DirectMemory memory = DirectMemory.allocate(bytes)) {
            MemorySegment segment = memory.segment();
            assertEquals(bytes, segment.byteSize());
            assertEquals(0, segment.address() % (bytes >= 2 << 20 ? 2 << 20 : 64));
            assertEquals(before + bytes, DirectMemory.allocatedBytes());
            for (long at = 0; at < bytes; at += 4093) {
                assertEquals(0, segment.get(ValueLayout.JAVA_BYTE, at));
            }
            if (bytes > 0) {
                segment.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 1);
            }
        }
        assertEquals(before, DirectMemory.allocatedBytes());
        assertEquals(beforeEver + bytes, DirectMemory.everAllocatedBytes());
    }

    @Test
    void shouldRefuseUseAndTolerateAnotherCloseWhenClosed() {
        DirectMemory memory = DirectMemory.allocate(3 << 20);
        memory.close();
        memory.close();
        assertThrows(
                IllegalStateException.class, () -> memory.segment().get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void shouldSayHowMuchWhenThereIsNotThatMuch() {
        long tooMuch = 1L << 60;
        MillraceException e =
                assertThrows(MillraceException.class, () -> DirectMemory.allocate(tooMuch));
        assertEquals(ErrorCode.LIMIT, e.code());
    }
}
