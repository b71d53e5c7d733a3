package io.millrace.core.journal;

import io.millrace.core.error.MillraceException;
import io.millrace.core.log.LogKind;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Small journals for tests. */
final class Journals {
    static final LogKind KIND = new LogKind("changes", "CHANGES", 1);
    static final int ENTRY_BYTES = 200_000;

    private Journals() {}

    static JournalPlan plan(Path folder, long fileBytes) {
        return new JournalPlan(folder, KIND, ENTRY_BYTES, fileBytes, 64);
    }

    static Journal open(Path folder, long fileBytes) {
        return Journal.open(plan(folder, fileBytes), 0, (sequence, buffer, offset, length) -> {});
    }

    static Path file(Path folder, int number) {
        return folder.resolve(String.format("changes-%08d.log", number));
    }

    /** An entry that tells its number by its length and bytes. */
    static byte[] content(int number) {
        byte[] content = new byte[1 + number % 40];
        Arrays.fill(content, (byte) (number * 7 + 1));
        return content;
    }

    /** Brings an entry into the journal and waits for what comes of it. */
    static Entry write(Journal journal, byte[] content) throws InterruptedException {
        Entry entry = new Entry(content);
        if (!journal.submit(entry)) {
            throw new AssertionError("no room for an entry");
        }
        entry.await();
        return entry;
    }

    /** Several entries in one group: all but the first wait while the first is being settled. */
    static void writeGroup(Journal journal, Entry first, List<Entry> others)
            throws InterruptedException {
        CountDownLatch isWritten = new CountDownLatch(1);
        CountDownLatch areWaiting = new CountDownLatch(1);
        journal.submit(
                new Entry(first.bytes) {
                    @Override
                    public void settled(long sequence) {
                        isWritten.countDown();
                        awaitUninterruptibly(areWaiting);
                        first.settled(sequence);
                    }
                });
        isWritten.await();
        for (Entry other : others) {
            if (!journal.submit(other)) {
                throw new AssertionError("no room for an entry");
            }
        }
        areWaiting.countDown();
        for (Entry other : others) {
            other.await();
        }
    }

    static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What a journal hands over when it is opened, as {@code sequence:bytes}. */
    static List<String> replayed(Path folder, long after) {
        List<String> entries = new ArrayList<>();
        RecoveredJournal recovered = recover(folder, after, entries);
        if (recovered.replayed() != entries.size()) {
            throw new AssertionError(recovered);
        }
        return entries;
    }

    /** Opens a journal, adds what it hands over to a list, and closes it. */
    static RecoveredJournal recover(Path folder, long after, List<String> entries) {
        JournalReplay replay =
                (sequence, buffer, offset, length) -> {
                    byte[] content = new byte[length];
                    buffer.getBytes(offset, content);
                    entries.add(text(sequence, content));
                };
        try (Journal journal = Journal.open(plan(folder, 1 << 20), after, replay)) {
            return journal.recovered();
        }
    }

    static String text(long sequence, byte[] content) {
        return sequence + ":" + Arrays.toString(content);
    }

    /** An entry that remembers what came of it. */
    static class Entry implements JournalEntry {
        private final byte[] bytes;
        private final CountDownLatch isDone = new CountDownLatch(1);
        private volatile long sequence;
        private volatile @Nullable MillraceException reason;

        Entry(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public DirectBuffer content() {
            return new UnsafeBuffer(bytes);
        }

        @Override
        public int contentBytes() {
            return bytes.length;
        }

        @Override
        public void settled(long sequence) {
            this.sequence = sequence;
            isDone.countDown();
        }

        @Override
        public void refused(MillraceException reason) {
            this.reason = reason;
            isDone.countDown();
        }

        void await() throws InterruptedException {
            isDone.await();
        }

        /** Its sequence, or 0 if it was refused. */
        long sequence() {
            return sequence;
        }

        @Nullable MillraceException reason() {
            return reason;
        }
    }
}
