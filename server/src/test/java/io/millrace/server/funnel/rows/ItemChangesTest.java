package io.millrace.server.funnel.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.atomic.AtomicBoolean;

@Timeout(60)
final class ItemChangesTest {
    private static final int[] READ = {3, 8, 5};

    private final ItemChanges changes = new ItemChanges();

    private void change(int ordinal) {
        changes.begin(ordinal);
        changes.end();
    }

    private boolean isTouchedSince(long moment) {
        return changes.haveTouched(READ, READ.length, moment);
    }

    @Test
    void shouldTellAChangeOfWhatWasRead() {
        long moment = changes.moment();
        assertFalse(isTouchedSince(moment));
        change(7);
        assertFalse(isTouchedSince(moment), "another item");
        change(5);
        assertTrue(isTouchedSince(moment));
        assertFalse(isTouchedSince(changes.moment()), "it is over");
    }

    @Test
    void shouldTellAChangeThatIsUnderWayWhenReadingBeginsOrEnds() {
        long before = changes.moment();
        changes.begin(8);
        long amid = changes.moment();
        assertTrue(isTouchedSince(before));
        assertTrue(isTouchedSince(amid));
        changes.end();
        assertTrue(isTouchedSince(before));
        assertTrue(isTouchedSince(amid));
        changes.begin(1);
        long amidAnother = changes.moment();
        assertFalse(isTouchedSince(amidAnother));
        changes.end();
        assertFalse(isTouchedSince(amidAnother));
    }

    @Test
    void shouldAssumeTheWorstWhenMoreChangedThanIsRemembered() {
        long moment = changes.moment();
        for (int i = 1; i < ItemChanges.REMEMBERED; i++) {
            change(100 + i);
        }
        assertFalse(isTouchedSince(moment));
        change(100);
        assertTrue(isTouchedSince(moment));
    }

    @Test
    void shouldOnlyLookAtAsManyItemsAsWereRead() {
        long moment = changes.moment();
        change(5);
        assertFalse(changes.haveTouched(READ, 2, moment));
    }

    /**
     * A writer changes two numbers together, a reader never takes them for whole when they differ.
     */
    @Test
    void shouldFindOutEveryHalfChangeWhenReadersAndAWriterRace() throws InterruptedException {
        long[] pair = new long[2];
        AtomicBoolean isOver = new AtomicBoolean();
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (long n = 1; !isOver.get(); n++) {
                                        changes.begin(8);
                                        pair[0] = n;
                                        pair[1] = n;
                                        changes.end();
                                    }
                                });
        long whole = 0;
        long halves = 0;
        for (int round = 0; round < 300_000 || (whole < 1_000 && round < 30_000_000); round++) {
            long moment = changes.moment();
            long first = pair[0];
            long second = pair[1];
            if (!isTouchedSince(moment)) {
                assertEquals(first, second, "round " + round);
                whole++;
            } else if (first != second) {
                halves++;
            }
        }
        isOver.set(true);
        writer.join();
        assertTrue(whole >= 1_000, whole + " whole, " + halves + " halves");
    }

    @Test
    void shouldKeepChangesWaitingWhileTheyAreHeld() throws InterruptedException {
        changes.hold();
        long moment = changes.moment();
        Thread writer = Thread.ofPlatform().start(() -> change(8));
        while (writer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertFalse(isTouchedSince(moment));
        changes.letGo();
        writer.join();
        assertTrue(isTouchedSince(moment));
    }
}
