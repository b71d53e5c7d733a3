package io.millrace.server.change;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.log.LogRepair;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.server.Frames;
import io.millrace.server.TestServers;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Files that a server makes its changes of again when it starts: no bytes keep it from saying. */
final class ChangeFuzzTest {
    private static final ChangeSize SIZE = new ChangeSize(6, 3);
    private static final KnownColumns KNOWN =
            new KnownColumns(
                    Map.of("price", FormCode.NUMBERS, "tags", FormCode.TEXTS),
                    Map.of("age", FormCode.NUMBERS),
                    3);

    @TempDir private Path folder;

    private static List<byte[]> frames() {
        Frames.Column price = Frames.Column.of("price", 1.5);
        Frames.Column tags = Frames.Column.of("tags", "a");
        return List.of(
                Frames.update(1, ScopeCode.ITEM, 7, price, tags),
                Frames.update(2, ScopeCode.USER, 8, Frames.Column.of("age", 30.0)),
                Frames.upsert(3, 9, new float[] {1, 2, 3}, price),
                Frames.upsert(4, 9, new float[0], tags),
                Frames.delete(5, 7));
    }

    private static byte[] joined() {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        frames().forEach(joined::writeBytes);
        return joined.toByteArray();
    }

    private Path snapshot(byte[] frames, long... through) {
        Path file = folder.resolve("changes.snapshot");
        try (SectionFileWriter sections = SectionFileWriter.create(file, "CHANGES", 1)) {
            sections.longs("through", through).bytes("frames", frames).commit();
        }
        return file;
    }

    @Test
    void shouldMakeOrRefuseChangesWhenBytesOfTheSnapshotAreChanged() throws IOException {
        Path file = snapshot(joined(), 5);
        Fuzzing.of("change-snapshot")
                .seeds(Files.readAllBytes(file))
                .words("price", "tags", "through", "frames")
                .repairing(SectionRepair::repaired)
                .run(
                        input -> {
                            ChangeMerge merge = new ChangeMerge();
                            new ChangeSnapshot(Files.write(file, input))
                                    .replay(new ChangeReplay(SIZE, merge));
                            remake(merge);
                        });
    }

    @Test
    void shouldMakeOrRefuseChangesWhenBytesOfTheJournalAreChanged() throws Exception {
        Path sound;
        try (ChangeJournal journal = open(new ChangeMerge())) {
            for (byte[] frame : frames()) {
                ChangeJournalTest.write(journal, frame, new ChangeMerge());
            }
            sound = logs().getFirst();
        }
        byte[] bytes = Files.readAllBytes(sound);
        Fuzzing.of("changes")
                .seeds(bytes)
                .words("RECO", "price", "tags", "{\"first\": 1}")
                .repairing(LogRepair::repaired)
                .run(
                        input -> {
                            for (Path log : logs()) {
                                Files.delete(log);
                            }
                            Files.write(sound, input);
                            ChangeMerge merge = new ChangeMerge();
                            try (ChangeJournal journal = open(merge)) {
                                journal.made(0, KNOWN);
                            }
                            remake(merge);
                        });
    }

    /**
     * Who reads next what was made of changes makes it again, or refuses names that are too many.
     */
    private static void remake(ChangeMerge merge) {
        merge.frames(KNOWN);
        byte[] frames = merge.frames();
        UnsafeBuffer buffer = new UnsafeBuffer(frames);
        ChangeReplay again = new ChangeReplay(SIZE, new ChangeMerge());
        for (int at = 0; at < frames.length; ) {
            int length = FrameLayout.LENGTH_BYTES + (int) FrameLayout.length(buffer, at);
            again.replay(1, buffer, at, length);
            at += length;
        }
    }

    private ChangeJournal open(ChangeTarget target) {
        return ChangeJournal.open(folder, TestServers.config(), SIZE, target);
    }

    private List<Path> logs() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 1_000, Integer.MAX_VALUE, -1, -4, -5})
    void shouldRefuseTheSnapshotWhenAFrameIsNotAsLongAsItSays(int length) {
        byte[] frames = joined();
        new UnsafeBuffer(frames).putInt(0, length, ByteOrder.LITTLE_ENDIAN);
        snapshot(frames, 5);
        assertThrows(MillraceException.class, () -> open(new ChangeMerge()).close());
    }

    @Test
    void shouldRefuseTheSnapshotWhenItEndsWithinALength() {
        byte[] frames = joined();
        snapshot(Arrays.copyOf(frames, frames.length + 3), 5);
        assertCorrupt("a frame that does not end");
    }

    @Test
    void shouldRefuseTheSnapshotWhenItsSequenceIsNone() {
        snapshot(joined());
        assertCorrupt("not one number");
        snapshot(joined(), -1);
        assertCorrupt("through=-1");
        snapshot(joined(), Long.MAX_VALUE);
        assertCorrupt("through=" + Long.MAX_VALUE);
    }

    private void assertCorrupt(String reason) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> open(new ChangeMerge()).close());
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    /** Who asks for something else than a change has not been journaled. */
    @Test
    void shouldRefuseAFrameThatIsNoChange() {
        for (byte[] frame : List.of(Frames.ping(1), Frames.recommend(5, 512, 5, 1))) {
            snapshot(frame, 5);
            MillraceException e =
                    assertThrows(MillraceException.class, () -> open(new ChangeMerge()).close());
            assertTrue(e.getMessage().contains("reason=no change"), e.getMessage());
        }
    }
}
