package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

/** A slot is not used again while a reader that may be at it is inside. */
final class SlotReuseTest {
    private static final NodeLayout LAYOUT = new NodeLayout(RowLayout.floats(4), 4, 0);

    private final GraphMemory nothing =
            GraphMemory.allocate(LAYOUT, 0, LayeredGraph.NONE, node -> 0);
    private final LiveGraph live = new LiveGraph(nothing, false, 10, 1);
    private final GraphEditor editor = new GraphEditor(live, 20);
    private final float[] row = new float[16];

    @AfterEach
    void close() {
        live.close();
        nothing.close();
    }

    @Test
    void shouldWaitWhenReaderEnteredBefore() {
        insert(1);
        int deleted = insert(2);
        insert(3);
        ReaderEpochs.Reader before = live.epochs().newReader();
        ReaderEpochs.Reader after = live.epochs().newReader();
        before.enter();
        editor.delete(deleted);
        editor.settle();
        after.enter();
        for (int i = 0; i < 5; i++) {
            assertNotEquals(deleted, insert(10 + i));
        }
        assertEquals(2, space(deleted), "the reader inside still sees the row");
        before.leave();
        // The one that entered later can't have found the slot, and holds up nothing.
        assertEquals(deleted, insert(20));
        after.leave();
    }

    @Test
    void shouldNotCallSlotFreeWhenSomebodyLinksToIt() {
        insert(1);
        int deleted = insert(2);
        insert(3);
        editor.delete(deleted);
        Set<Integer> used = new HashSet<>();
        // Each insertion looks through all lists: two rounds later the slot is back.
        for (int i = 0; i < 4; i++) {
            used.add(insert(10 + i));
            LiveGraphCheck.check(live, editor);
        }
        assertTrue(used.contains(deleted), used.toString());
    }

    @Test
    void shouldHoldUpNothingWhenReaderIsForgottenOrOutside() {
        ReaderEpochs epochs = new ReaderEpochs();
        ReaderEpochs.Reader reader = epochs.newReader();
        assertEquals(0, epochs.oldest());
        reader.enter();
        epochs.advance();
        epochs.advance();
        assertEquals(0, epochs.oldest());
        reader.leave();
        assertEquals(2, epochs.oldest());
        reader.enter();
        assertEquals(2, epochs.oldest());
        epochs.advance();
        assertEquals(2, epochs.oldest());
        reader.leave();
    }

    private int insert(float value) {
        int slot = editor.reserve();
        row[0] = value;
        editor.insert(slot, row);
        return slot;
    }

    private float space(int slot) {
        live.space().copyInto(slot, row);
        return row[0];
    }
}
