package io.millrace.server.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.log.LogDamage;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.ranker.impression.ImpressionLogReader;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.WeightType;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TinyBundle;
import io.millrace.server.WireClient;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.replay.LoggedWorld.Answered;
import io.millrace.server.request.Lever;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Requests of all kinds are logged as they were answered, and answered alike again. */
@Timeout(120)
final class ReplayTest {
    private static final int SHALLOW = 0b100;
    private static final int KEPT = 2;

    @TempDir private Path folder;
    private LoggedWorld world;

    @BeforeEach
    void makeWorld() throws IOException {
        world = new LoggedWorld(folder);
    }

    private LogRewrite rewrite() {
        return new LogRewrite(world);
    }

    private ReplayReport replay() {
        return Replay.run(world.log, world.bundle, KEPT, ProgressListener.NONE);
    }

    @Test
    void shouldLeaveOutRequestsWhenTheirItemsCameLater() throws IOException {
        float[] alone = new float[TinyBundle.DIMENSION];
        Arrays.fill(alone, 1);
        float[] apart = new float[TinyBundle.DIMENSION];
        Arrays.fill(apart, -1);
        long itemId = 4_000_000;
        ServerConfig config = world.config().with("network.port", 0).with("network.adminPort", -1);
        try (MillraceServer server = MillraceServer.start(config);
                WireClient client = new WireClient(server.port())) {
            List<byte[]> frames =
                    List.of(
                            Frames.search(1, -1, 3, false, apart),
                            Frames.upsert(2, itemId, alone),
                            Frames.search(3, -1, 3, false, alone),
                            Frames.similar(4, itemId, 3, false),
                            Frames.search(5, -1, 3, false, apart));
            for (byte[] frame : frames) {
                WireClient.Result result = client.ask(frame);
                assertEquals(Status.OK, result.status(), result.message());
            }
        }
        ReplayReport report = replay();
        assertEquals(2, report.withLaterItems());
        assertEquals(2, report.replayed());
        assertEquals(List.of(), report.first());
    }

    @Test
    void shouldLogWhatWasAskedAndAnswered() {
        List<Answered> answers = world.serve(world.config());
        assertEquals(180, answers.size());
        assertTrue(answers.stream().anyMatch(answer -> answer.degraded() == SHALLOW));
        try (ImpressionLogReader reader = world.read()) {
            List<Answered> logged = new ArrayList<>();
            for (Impression next = reader.next(); next != null; next = reader.next()) {
                logged.add(answered(next));
            }
            assertEquals(answers, logged);
            assertEquals(LogDamage.NONE, reader.damage());
        }
    }

    private static Answered answered(Impression logged) {
        String kind = List.of("recommend", "similar", "search", "rank").get(logged.kind());
        List<Long> itemIds = new ArrayList<>();
        List<Integer> scoreBits = new ArrayList<>();
        for (int i = 0; i < logged.itemCount(); i++) {
            itemIds.add(logged.itemId(i));
            scoreBits.add(Float.floatToRawIntBits(logged.score(i)));
        }
        return new Answered(
                kind + " " + logged.correlationId(), itemIds, scoreBits, logged.degraded());
    }

    /** Rows of users and items as in the bundle's files, those of contexts encoded here. */
    @Test
    void shouldLogTheRowsThatScored() {
        world.serve(world.config());
        try (RowTable users = rows(BundleLayout.USERS, FeatureScope.USER);
                RowTable items = rows(BundleLayout.ITEMS, FeatureScope.ITEM);
                ImpressionLogReader reader = world.read()) {
            int rows = 0;
            for (Impression logged = reader.next(); logged != null; logged = reader.next()) {
                for (int i = 0; i < logged.itemCount(); i++) {
                    int item = items.indexOf(logged.itemId(i));
                    assertRow(items, item, logged, logged.itemRowOffset(i));
                }
                boolean hasUser = logged.kind() == ImpressionLayout.RECOMMEND;
                hasUser |= logged.kind() == ImpressionLayout.SEARCH && logged.flags() == 1;
                assertEquals(hasUser, logged.hasRows());
                int user = users.indexOf(logged.subjectId());
                assertEquals(hasUser && user >= 0, logged.isUserKnown());
                if (logged.isUserKnown()) {
                    assertRow(users, user, logged, logged.userRowOffset());
                    rows++;
                }
                if (hasUser) {
                    assertContext(logged);
                }
            }
            assertEquals(130, rows);
        }
    }

    private RowTable rows(String name, FeatureScope scope) {
        return RowTable.open(world.bundle.resolve(name), world.tiny.schema().layout(scope));
    }

    private static void assertRow(RowTable table, int row, Impression logged, long offset) {
        long at = table.offset(row);
        int bytes = table.layout().rowBytes();
        assertEquals(
                -1,
                MemorySegment.mismatch(
                        table.segment(), at, at + bytes, logged.segment(), offset, offset + bytes));
    }

    private void assertContext(Impression logged) {
        ContextEncoder encoder = new ContextEncoder(world.tiny.schema());
        int[] fields = new int[logged.contextCount()];
        int[] codes = new int[fields.length];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = logged.contextField(i);
            codes[i] = logged.contextCode(i);
        }
        try (Arena arena = Arena.ofConfined()) {
            int bytes = encoder.rowBytes();
            MemorySegment row = arena.allocate(bytes, 64);
            encoder.encodeInto(logged.momentMs(), fields, codes, fields.length, row, 0);
            long at = logged.contextRowOffset();
            assertEquals(
                    -1, MemorySegment.mismatch(logged.segment(), at, at + bytes, row, 0, bytes));
        }
    }

    @Test
    void shouldAnswerTheSameBitForBitWhenReplayed() {
        int answered = world.serve(world.config()).size();
        long before = DirectMemory.allocatedBytes();
        ReplayReport report = replay();
        assertEquals(answered, report.replayed());
        assertEquals(answered, report.equal());
        assertEquals(List.of(), report.first());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldAnswerTheSameWhenRequestsWereFiltered() throws IOException {
        List<Answered> answers = world.serve(world.config(), LoggedWorld::filteredRequests);
        assertTrue(answers.stream().noneMatch(answer -> answer.itemIds().isEmpty()));
        ReplayReport report = replay();
        assertEquals(List.of(), report.first());
        assertEquals(answers.size(), report.equal());
        try (ImpressionLogReader reader = world.read()) {
            int read = 0;
            for (Impression next = reader.next(); next != null; next = reader.next()) {
                int round = read++ / 4;
                boolean isFiltered = next.correlationId() != 4;
                assertEquals(isFiltered, next.filter().contains("duration "), next.filter());
                boolean hasKey = next.correlationId() != 2;
                assertEquals(hasKey ? "k".repeat(round) : "", next.experimentKey());
            }
            assertEquals(answers.size(), read);
        }
        // Another filter of the same length.
        rewrite()
                .apply(
                        (record, content) -> {
                            String text = new String(content, StandardCharsets.ISO_8859_1);
                            int at = text.lastIndexOf("duration <");
                            if (at > 0) {
                                content[at + "duration ".length()] = '>';
                            }
                        });
        assertTrue(replay().different() > 10, "different: " + replay().different());
    }

    /** Any set of things given up, of any kind of request. */
    @Test
    void shouldAnswerTheSameWhenAnythingWasGivenUp() throws IOException {
        ServerConfig config =
                world.config().with("funnel.candidatesInHaste", 40).with("funnel.efSearch", 200);
        List<Answered> answers = world.serve(config, world::hurriedRequests);
        assertEquals(280, answers.size());
        Set<Integer> seen = new HashSet<>();
        answers.forEach(answer -> seen.add(answer.degraded()));
        for (Lever lever : Lever.values()) {
            assertTrue(seen.contains(lever.bit()), "alone: " + lever);
        }
        assertTrue(seen.contains(Lever.givenUpAt(Lever.levels() - 1)), "all at once");
        ReplayReport report = replay();
        assertEquals(answers.size(), report.replayed());
        assertEquals(List.of(), report.first());
        // Without what the log says was given up, other items would be answered.
        rewrite().apply((record, content) -> content[ImpressionLayout.DEGRADED_OFFSET] = 0);
        assertTrue(replay().different() > 50, "different: " + replay().different());
    }

    @Test
    void shouldAnswerTheSameWhenFeedbackChangedRowsMeanwhile() {
        List<Answered> answers = world.serve(world.config(), LoggedWorld::changingRequests);
        long distinct = answers.stream().filter(a -> a.what().endsWith(" 1")).distinct().count();
        assertTrue(distinct > 5, "five users were answered alike all the time: " + distinct);
        ReplayReport report = replay();
        assertEquals(List.of(), report.first());
        assertEquals(answers.size(), report.equal());
    }

    /** Counters are nowhere kept as they were: what all candidates had is told by the log. */
    @Test
    void shouldAnswerTheSameWhenRatesChangedMeanwhile() throws IOException {
        world = new LoggedWorld(folder.resolve("rated"), new TinyBundle(300, 20).rated());
        ServerConfig config = world.config().with("limits.events", 300);
        List<Answered> answers = world.serve(config, LoggedWorld::ratedRequests);
        int changed = 0;
        for (int i = 0; i < answers.size(); i += 5) {
            changed += answers.get(i).scoreBits().equals(answers.get(i + 1).scoreBits()) ? 0 : 1;
        }
        assertEquals(20, changed, "answers that feedback has changed");
        ReplayReport report = replay();
        assertEquals(answers.size(), report.replayed());
        assertEquals(answers.size(), report.equal(), report.first().toString());
        assertLoggedRates();
        assertTrue(unrankedItems() > 100, "items that were not ranked: " + unrankedItems());
        rewrite()
                .apply(
                        (record, content) -> {
                            // Of the second round the first.
                            if (record == 5) {
                                Arrays.fill(
                                        content, content.length - 1_200, content.length, (byte) 0);
                            }
                        });
        assertEquals(answers.size() - 1, replay().equal(), "rates of all candidates are others");
    }

    /** Each answered item has the rates of the candidate that it was. */
    private void assertLoggedRates() {
        int known = 0;
        try (ImpressionLogReader reader = world.read()) {
            for (Impression logged = reader.next(); logged != null; logged = reader.next()) {
                for (int i = 0; i < logged.itemCount(); i++) {
                    int bits = Float.floatToRawIntBits(logged.rate(i, 0));
                    boolean isThere = false;
                    for (int c = 0; c < logged.ranked(); c++) {
                        isThere |= bits == Float.floatToRawIntBits(logged.candidateRate(c, 0));
                    }
                    assertEquals(logged.ranked() > 0, isThere);
                    known += Float.isNaN(logged.rate(i, 0)) ? 0 : 1;
                }
            }
        }
        assertTrue(known > 100, "rates of items of which something is known: " + known);
    }

    private int unrankedItems() {
        int unranked = 0;
        try (ImpressionLogReader reader = world.read()) {
            for (Impression logged = reader.next(); logged != null; logged = reader.next()) {
                for (int i = 0; i < logged.itemCount(); i++) {
                    unranked += logged.ranked() == 0 && Float.isNaN(logged.rate(i, 2)) ? 1 : 0;
                }
            }
        }
        return unranked;
    }

    @Test
    void shouldAnswerTheSameWhenRatesOfNamedCandidatesChangedMeanwhile() throws IOException {
        world = new LoggedWorld(folder.resolve("rated"), new TinyBundle(300, 20).rated());
        ServerConfig config =
                world.config()
                        .with("limits.events", 300)
                        .with("funnel.candidates", 40)
                        .with("limits.k", 40)
                        // So many that none is left over: records are of the largest size.
                        .with("limits.candidates", 62)
                        .with("limits.excluded", 1);
        List<Answered> answers = world.serve(config, world::ratedRankRequests);
        assertEquals(100, answers.size());
        assertTrue(answers.stream().anyMatch(answer -> answer.degraded() == SHALLOW));
        ReplayReport report = replay();
        assertEquals(answers.size(), report.equal(), report.first().toString());
        assertLoggedRates();
        assertRatesOfNamedCandidates();
        assertBroughtRowsHaveNoRates();
        rewrite()
                .apply(
                        (record, content) -> {
                            // The first of the second round that names its candidates.
                            if (record == 5) {
                                Arrays.fill(
                                        content, content.length - 720, content.length, (byte) 0);
                            }
                        });
        assertEquals(answers.size() - 1, replay().equal(), "rates of all candidates are others");
    }

    /** Where all were ranked, they were in the order in which they were named. */
    private void assertRatesOfNamedCandidates() {
        int compared = 0;
        try (ImpressionLogReader reader = world.read()) {
            for (Impression logged = reader.next(); logged != null; logged = reader.next()) {
                List<Long> named = new ArrayList<>();
                for (int i = 0; i < logged.excludedCount(); i++) {
                    named.add(logged.excluded(i));
                }
                boolean areAllRanked = !logged.hasOwnItems() && logged.degraded() == 0;
                for (int i = 0; areAllRanked && i < logged.itemCount(); i++) {
                    int candidate = named.indexOf(logged.itemId(i));
                    for (int rate = 0; rate < 3; rate++) {
                        assertEquals(
                                logged.candidateRate(candidate, rate), logged.rate(i, rate), 0);
                    }
                    compared++;
                }
            }
        }
        assertEquals(20 * (60 + 7), compared);
    }

    private void assertBroughtRowsHaveNoRates() {
        int brought = 0;
        try (ImpressionLogReader reader = world.read()) {
            for (Impression logged = reader.next(); logged != null; logged = reader.next()) {
                for (int i = 0; logged.hasOwnItems() && i < logged.itemCount(); i++) {
                    assertTrue(Float.isNaN(logged.rate(i, 0)), "item " + logged.itemId(i));
                    brought++;
                }
            }
        }
        assertEquals(20 * (20 + 4), brought);
    }

    @Test
    void shouldAnswerTheSameWhenRequestsNamedTheirCandidates() {
        List<Answered> answers = world.serve(world.config(), world::rankRequests);
        assertEquals(100, answers.size());
        assertTrue(answers.stream().anyMatch(answer -> answer.degraded() == SHALLOW));
        ReplayReport report = replay();
        assertEquals(List.of(), report.first());
        assertEquals(answers.size(), report.equal());
        try (ImpressionLogReader reader = world.read()) {
            List<Answered> logged = new ArrayList<>();
            for (Impression next = reader.next(); next != null; next = reader.next()) {
                logged.add(answered(next));
            }
            assertEquals(answers, logged);
        }
    }

    @Test
    void shouldAnswerTheSameWhenTheBundleRetrievesByFactors() {
        world.tiny.retrieveByFactors(world.bundle);
        int answered = world.serve(world.config()).size();
        assertEquals(answered, replay().equal());
    }

    @Test
    void shouldAnswerTheSameWhenTheBundleRetrievesByABlend() {
        world.tiny.retrieveByBlend(world.bundle);
        int answered = world.serve(world.config()).size();
        assertEquals(answered, replay().equal());
    }

    @Test
    void shouldAnswerTheSameWhenCandidatesComeFromLists() {
        world.tiny.retrieveByNeighbours(world.bundle).close();
        int answered = world.serve(world.config()).size();
        assertEquals(answered, replay().equal());
    }

    /** The bundle has no item halves, so that embeddings of items are gathered by each request. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void shouldAnswerTheSameWhenEmbeddingsAreOfFewerBits(WeightType type) throws IOException {
        keepEmbeddings(type);
        int answered = world.serve(world.config()).size();
        ReplayReport report = replay();
        assertEquals(List.of(), report.first());
        assertEquals(answered, report.equal());
    }

    /** The lowest bit of one number of one item, in a bundle that is sound otherwise. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void shouldAnswerOtherwiseWhenABitOfAnEmbeddingIsAnother(WeightType type) throws IOException {
        keepEmbeddings(type);
        List<Answered> answers = world.serve(world.config());
        assertEquals(answers, world.serve(world.config()));
        Path file = world.bundle.resolve(BundleLayout.RANKER);
        try (DcnModel ranker = DcnModel.load(file, world.tiny.schema())) {
            EmbeddingTable items = ranker.input().embeddings().table(FeatureField.ITEM_TABLE);
            // Low ordinals are watched most often; the scale of an int8 row comes first.
            long at = items.offset(FeatureField.FIRST) + (type == WeightType.INT8 ? 4 : 0);
            byte before = items.segment().get(ValueLayout.JAVA_BYTE, at);
            items.segment().set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ 1));
            ranker.save(file);
        }
        world.tiny.seal(world.bundle);
        assertNotEquals(answers, world.serve(world.config()));
    }

    private void keepEmbeddings(WeightType type) throws IOException {
        world.tiny.keepEmbeddings(world.bundle, type);
        world.tiny.drop(world.bundle, BundleLayout.ITEM_HALVES);
        world.tiny.drop(world.bundle, BundleLayout.LIGHT_HALVES);
    }

    /** Each file is replayed with the settings that it was served with. */
    @Test
    void shouldAnswerTheSameWhenSettingsChangedBetweenFiles() {
        int answered = world.serve(world.config()).size();
        List<Answered> narrow =
                world.serve(
                        world.config()
                                .with("funnel.candidates", 20)
                                .with("limits.k", 20)
                                .with("funnel.ranked", 15));
        assertEquals(2, world.files().size());
        ReplayReport report = replay();
        assertEquals(answered + narrow.size(), report.replayed());
        assertEquals(report.replayed(), report.equal());
    }

    @Test
    void shouldShowTheFirstDifferencesWhenAnswersDiffer() throws IOException {
        int answered = world.serve(world.config()).size();
        // The lowest bit of the second score of three records.
        rewrite()
                .apply(
                        (record, content) -> {
                            Impression logged = rewrite().wrap(content);
                            if (record == 10 || record == 19 || record == 50) {
                                int at =
                                        (int) logged.itemRowOffset(1)
                                                - ImpressionLayout.ITEM_ROW_OFFSET
                                                + ImpressionLayout.ITEM_SCORE_OFFSET;
                                content[at] ^= 1;
                            }
                        });
        ReplayReport report = replay();
        assertEquals(answered, report.replayed());
        assertEquals(3, report.different());
        assertEquals(KEPT, report.first().size());
        ReplayDifference first = report.first().getFirst();
        assertEquals(2, first.correlationId());
        assertEquals(TinyBundle.userId(1), first.subjectId());
        assertEquals(List.of(), first.otherParts());
        assertEquals(first.logged().getFirst(), first.replayed().getFirst());
        assertEquals(first.logged().get(1).itemId(), first.replayed().get(1).itemId());
        assertEquals(first.logged().get(1).scoreBits() ^ 1, first.replayed().get(1).scoreBits());
    }

    /** A user whose row was another is answered for as that row says. */
    @Test
    void shouldTakeTheUsersRowFromTheLogAndNotFromTheBundle() throws IOException {
        int answered = world.serve(world.config()).size();
        int activitySlot =
                world.tiny
                        .schema()
                        .layout(FeatureScope.USER)
                        .slotOf(world.tiny.schema().field("activity"));
        rewrite()
                .apply(
                        (record, content) -> {
                            Impression logged = rewrite().wrap(content);
                            if (logged.isUserKnown()) {
                                MemorySegment.ofArray(content)
                                        .set(
                                                RowLayout.FLOAT,
                                                logged.userRowOffset() + 4L * activitySlot,
                                                77.5f);
                            }
                        });
        ReplayReport report = replay();
        assertEquals(answered, report.replayed());
        // The query vector or a score changes for whoever is known, ranked or not.
        assertEquals(130, report.different());
    }

    @Test
    void shouldSayWhichWhenTheLogIsOfAnotherBundle() throws IOException {
        world.serve(world.config());
        Path other = new TinyBundle(40, 5).write(folder.resolve("other"));
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> Replay.run(world.log, other, KEPT, ProgressListener.NONE));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains(world.fingerprint()), e.getMessage());
    }

    @Test
    void shouldPassOverFilesOfOtherBundles() throws IOException {
        int answered = world.serve(world.config()).size();
        Path second =
                new TinyBundle(LoggedWorld.ITEMS, LoggedWorld.USERS + 1)
                        .write(folder.resolve("second"));
        world.serve(world.config().with("bundle", second.toString()).with("limits.k", 50));
        ReplayReport report = replay();
        assertEquals(answered, report.replayed());
        assertEquals(answered, report.equal());
        assertEquals(1, report.foreignFiles());
    }

    @Test
    void shouldSaySoWhenThereIsNothingToReplay() throws IOException {
        world.serve(world.config().with("log.share", 0));
        MillraceException e = assertThrows(MillraceException.class, this::replay);
        assertEquals(ErrorCode.NOT_FOUND, e.code());
        assertTrue(e.getMessage().contains("no impressions in the log"), e.getMessage());
        Files.write(world.files().getFirst(), new byte[20]);
        e = assertThrows(MillraceException.class, this::replay);
        assertTrue(e.getMessage().contains("unfinished=20 bytes"), e.getMessage());
    }

    @Test
    void shouldReplayTheRestWhenTheLogIsCutOff() throws IOException {
        int answered = world.serve(world.config()).size();
        Path file = world.files().getLast();
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
        ReplayReport report = replay();
        assertEquals(answered - 1, report.equal());
        assertEquals(answered - 1, report.replayed());
        assertTrue(report.damage().tailBytes() > 0);
    }
}
