package io.millrace.index.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.BitSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

final class OrdinalBitSetTest {
    /** A long row of random operations, each done to a set of the JDK as well. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 1000})
    void shouldEqualASetOfTheJdkWhenOperationsAreRandom(int size) {
        SplitRandom random = new SplitRandom(size);
        OrdinalBitSet set = new OrdinalBitSet(size);
        OrdinalBitSet other = new OrdinalBitSet(size);
        BitSet expected = new BitSet();
        BitSet expectedOther = new BitSet();
        for (int step = 0; step < 500; step++) {
            for (int i = 0; i < size / 3; i++) {
                int ordinal = random.nextInt(size);
                other.add(ordinal);
                expectedOther.set(ordinal);
            }
            switch (random.nextInt(9)) {
                case 0 -> both(set, expected, OrdinalBitSet::clear, (bits, s) -> bits.clear());
                case 1 -> both(set, expected, OrdinalBitSet::fill, (b, s) -> b.set(0, s));
                case 2 -> both(set, expected, OrdinalBitSet::not, (b, s) -> b.flip(0, s));
                case 3 -> both(set, expected, s -> s.and(other), (b, s) -> b.and(expectedOther));
                case 4 -> both(set, expected, s -> s.or(other), (b, s) -> b.or(expectedOther));
                case 5 ->
                        both(
                                set,
                                expected,
                                s -> s.andNot(other),
                                (b, s) -> b.andNot(expectedOther));
                case 6 -> {
                    set.copyFrom(other);
                    expected = (BitSet) expectedOther.clone();
                }
                case 7 -> {
                    other.clear();
                    expectedOther.clear();
                }
                default -> {
                    if (size > 0) {
                        int ordinal = random.nextInt(size);
                        set.remove(ordinal);
                        expected.clear(ordinal);
                    }
                }
            }
            check(expected, set);
        }
    }

    @Test
    void shouldHoldTheLastOrdinalWhenThereAreAsManyAsCanBe() {
        OrdinalBitSet set = new OrdinalBitSet(Integer.MAX_VALUE);
        int last = Integer.MAX_VALUE - 1;
        set.add(last);
        assertTrue(set.contains(last));
        assertEquals(last, set.nextSet(0));
        assertEquals(OrdinalSet.NONE, set.nextSet(last + 1));
        assertEquals(1, set.cardinality());
        set.not();
        assertFalse(set.contains(last));
        assertEquals(last, set.cardinality());
        assertEquals(OrdinalSet.NONE, set.nextSet(last));
    }

    @Test
    void shouldTakeTheRowsOfIdsWhenSomeAreUnknown() {
        OrdinalBitSet set = new OrdinalBitSet(10);
        int unknown =
                set.addAll(
                        new long[] {107, 3, 100, 107},
                        id -> id >= 100 ? (int) (id - 100) : OrdinalSet.NONE);
        assertEquals(1, unknown);
        assertEquals(2, set.cardinality());
        assertTrue(set.contains(0) && set.contains(7));
    }

    @Test
    void shouldRefuseWhenSizesDiffer() {
        OrdinalBitSet set = new OrdinalBitSet(10);
        MillraceException e =
                assertThrows(MillraceException.class, () -> set.and(new OrdinalBitSet(11)));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains("size=10, other=11"), e.getMessage());
        assertThrows(MillraceException.class, () -> new OrdinalBitSet(-1));
    }

    private static void both(
            OrdinalBitSet set,
            BitSet expected,
            Consumer<OrdinalBitSet> action,
            BiConsumer<BitSet, Integer> same) {
        action.accept(set);
        same.accept(expected, set.size());
    }

    private static void check(BitSet expected, OrdinalSet set) {
        assertEquals(expected.cardinality(), set.cardinality());
        for (int i = 0; i < set.size(); i++) {
            assertEquals(expected.get(i), set.contains(i), "ordinal=" + i);
            assertEquals(expected.nextSetBit(i), set.nextSet(i), "ordinal=" + i);
        }
        assertEquals(OrdinalSet.NONE, set.nextSet(set.size()));
    }
}
