package io.millrace.client.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;

final class FrameOutputTest {
    private final FrameOutput output = new FrameOutput();

    private ByteBuffer add(String text) {
        ByteBuffer frame = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        output.add(frame);
        return frame;
    }

    @Test
    void shouldWriteAllInOrderHoweverLittleIsTakenAtOnce() throws IOException {
        StringBuilder expected = new StringBuilder();
        Pipe pipe = new Pipe();
        for (int i = 0; i < 200; i++) {
            add("<" + i + ">");
            expected.append('<').append(i).append('>');
        }
        int calls = 0;
        while (!output.isEmpty()) {
            pipe.room = 7;
            output.writeTo(pipe);
            calls++;
        }
        assertEquals(expected.toString(), pipe.written());
        assertEquals((expected.length() + 6) / 7, calls);
    }

    @Test
    void shouldWriteAllAtOnceWhereThereIsRoom() throws IOException {
        Pipe pipe = new Pipe();
        for (int i = 0; i < 150; i++) {
            add("x");
        }
        pipe.room = Integer.MAX_VALUE;
        output.writeTo(pipe);
        assertTrue(output.isEmpty());
        assertEquals(150, pipe.written().length());
        // 64 buffers go with one call.
        assertEquals(3, pipe.calls);
    }

    @Test
    void shouldTakeBackTheVeryFrameAndNotOneThatIsEqual() throws IOException {
        add("same");
        ByteBuffer second = add("same");
        add("last");
        Pipe pipe = new Pipe();
        pipe.room = 2;
        output.writeTo(pipe);
        output.takeBack(second);
        assertFalse(output.isEmpty());
        pipe.room = 100;
        output.writeTo(pipe);
        assertEquals("samelast", pipe.written());
    }

    /** Takes as many bytes as it has room for. */
    private static final class Pipe implements GatheringByteChannel {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int room;
        private int calls;

        String written() {
            return bytes.toString(StandardCharsets.US_ASCII);
        }

        @Override
        public int write(ByteBuffer source) {
            int count = Math.min(room, source.remaining());
            for (int i = 0; i < count; i++) {
                bytes.write(source.get());
            }
            room -= count;
            return count;
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            calls++;
            long count = 0;
            for (int i = offset; i < offset + length; i++) {
                count += write(sources[i]);
            }
            return count;
        }

        @Override
        public long write(ByteBuffer[] sources) {
            return write(sources, 0, sources.length);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
