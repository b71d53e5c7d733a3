package io.millrace.client.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankQuery;
import io.millrace.client.message.RequestFrames;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;

import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

final class FrameInputTest {
    private static final Address ADDRESS = new Address("there", 1);

    /** Short and long frames by turns, the longest of them larger than any buffer to begin with. */
    private static byte[] frames(int count, SplittableRandom random) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            double[] values = new double[i % 7 == 0 ? random.nextInt(3_000) : random.nextInt(9)];
            RankColumn column = new RankColumn.Numbers("values", values);
            RankQuery query = RankQuery.ofRows(List.of(1L), List.of(column));
            bytes.writeBytes(RequestFrames.rank(query).leaving(i, 1).array());
        }
        return bytes.toByteArray();
    }

    @Test
    void shouldCutTheSameFramesHoweverTheyArrive() throws IOException {
        SplittableRandom random = new SplittableRandom(11);
        byte[] all = frames(60, random);
        for (int most : new int[] {1, 3, 19, 1_000, 70_000, all.length}) {
            FrameInput input = new FrameInput(ADDRESS);
            List<Long> ids = new ArrayList<>();
            for (int at = 0; at < all.length; ) {
                int count = Math.min(all.length - at, most == 1 ? 1 : random.nextInt(1, most + 1));
                at += take(input, Arrays.copyOfRange(all, at, at + count), ids);
            }
            assertEquals(60, ids.size(), "pieces of up to " + most);
            for (int i = 0; i < ids.size(); i++) {
                assertEquals(i, ids.get(i));
            }
            assertNull(input.next());
        }
    }

    private static int take(FrameInput input, byte[] piece, List<Long> ids) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(piece);
        ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(piece));
        while (left.hasRemaining()) {
            left.position(left.position() + input.readFrom(channel));
            for (DirectBuffer frame = input.next(); frame != null; frame = input.next()) {
                assertEquals(FrameVerdict.SOUND, FrameCheck.check(frame, 0));
                ids.add(FrameLayout.correlationId(frame, 0));
            }
        }
        return piece.length;
    }

    @Test
    void shouldRefuseWhatIsNoFrameOfOurs() throws IOException {
        assertForeign("HTTP/1.1 400 Bad Request".getBytes(StandardCharsets.US_ASCII));
        assertForeign(new byte[] {15, 0, 0, 0});
        byte[] foreign = RequestFrames.ping().leaving(1, 0).array().clone();
        foreign[8]++;
        assertForeign(Arrays.copyOf(foreign, FrameLayout.BODY_OFFSET));
    }

    private static void assertForeign(byte[] bytes) throws IOException {
        FrameInput input = new FrameInput(ADDRESS);
        input.readFrom(Channels.newChannel(new ByteArrayInputStream(bytes)));
        MillraceException e = assertThrows(MillraceException.class, input::next);
        assertEquals(ErrorCode.UNAVAILABLE, e.code());
    }

    @Test
    void shouldTellTheEndOfTheStream() throws IOException {
        FrameInput input = new FrameInput(ADDRESS);
        ReadableByteChannel channel =
                Channels.newChannel(new ByteArrayInputStream(new byte[] {16, 0}));
        assertEquals(2, input.readFrom(channel));
        assertNull(input.next());
        assertEquals(-1, input.readFrom(channel));
    }
}
