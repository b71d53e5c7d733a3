package io.millrace.data.train.tower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

final class HardNegativesTest {
    @Test
    void shouldMineBeforeEachPassFromTheFirstOneOn() {
        assertEquals(List.of(), mined(HardNegatives.NONE));
        assertEquals(List.of(1, 2, 3, 4, 5), mined(new HardNegatives(8, 1, 9, 1)));
        assertEquals(List.of(5), mined(new HardNegatives(8, 1, 9, 5)));
        assertEquals(List.of(), mined(new HardNegatives(8, 1, 9, 7)));
    }

    /** Those of six passes that begin with mining. */
    private static List<Integer> mined(HardNegatives hard) {
        return IntStream.range(0, 6).filter(hard::isMinedBefore).boxed().toList();
    }

    @Test
    void shouldNameTheOptionWhenTheCountIsOutOfBounds() {
        assertRefused("hard-negatives=-1", () -> HardNegatives.NONE.withCount(-1));
        assertRefused("--hard-negatives", () -> HardNegatives.NONE.withCount(4_097));
        assertEquals(4_096, HardNegatives.NONE.withCount(4_096).count());
    }

    @Test
    void shouldRefuseRanksAndPassesThatAreNone() {
        assertRefused("first=0", () -> new HardNegatives(1, 0, 10, 1));
        assertRefused("last=9", () -> new HardNegatives(1, 10, 9, 1));
        assertRefused("last=10001", () -> new HardNegatives(1, 10, 10_001, 1));
        assertRefused("pass=0", () -> new HardNegatives(1, 1, 10, 0));
    }

    private static void assertRefused(String part, Runnable made) {
        MillraceException e = assertThrows(MillraceException.class, made::run);
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
