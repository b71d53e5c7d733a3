package io.millrace.server.funnel.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.metrics.AllocationMeter;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.index.filter.FilterPlan;
import io.millrace.server.TinyBundle;
import io.millrace.server.funnel.attributes.ServedAttributes;
import io.millrace.server.funnel.rows.ItemChanges;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

class ItemFilterTest {
    private static final int ITEMS = 100;
    private static final int ROOM = 30;

    private final Request request = new Request(new RequestLimits(10, 0, 0, 1, 10, 1_000, 0, 4));
    private final Answer answer = new Answer(10);
    private final TinyBundle tiny = new TinyBundle(ITEMS, 3);

    @TempDir private Path folder;
    private @Nullable ServedAttributes attributes;
    private @Nullable ItemFilter filter;

    @BeforeEach
    void openBundle() throws IOException {
        Path bundle = tiny.write(folder.resolve("bundle"));
        attributes =
                ServedAttributes.open(bundle, BundleManifest.read(bundle), tiny.schema(), ROOM);
        filter = new ItemFilter(attributes, new ItemChanges(), ITEMS);
    }

    @AfterEach
    void close() {
        Objects.requireNonNull(attributes).close();
    }

    private boolean begin(String text) {
        request.similar(1, 1, 10, 0);
        request.filter().set(text);
        answer.clear();
        return filter().begin(request, answer);
    }

    private ItemFilter filter() {
        return Objects.requireNonNull(filter);
    }

    private FilterPlan plan(String text) {
        assertTrue(begin(text), answer.message().toString());
        return Objects.requireNonNull(filter().plan());
    }

    @Test
    void shouldAcceptWhatTheTextSaysAndNothingOfItemsYetToCome() {
        assertTrue(begin("creator = %d".formatted(tiny.creator(8) + 2)));
        assertTrue(filter().isOn() && filter().accepts(8));
        for (int ordinal = 0; ordinal < ITEMS + ROOM; ordinal++) {
            boolean isOfCreator = ordinal < ITEMS && tiny.creator(ordinal) == tiny.creator(8);
            assertEquals(isOfCreator, filter().accepts(ordinal));
        }
        assertEquals(ITEMS, Objects.requireNonNull(filter().plan()).rows());
        assertTrue(begin(""));
        assertFalse(filter().isOn());
        assertTrue(filter().accepts(9));
    }

    @Test
    void shouldKeepTheOrderOfWhatIsAccepted() {
        int[] ordinals = {0, 40, 8, 1, 80};
        float[] scores = {5, 4, 3, 2, 1};
        begin("creator = %d".formatted(tiny.creator(0) + 2));
        assertEquals(3, filter().keep(ordinals, scores, 5));
        assertEquals(0, ordinals[0]);
        assertEquals(40, ordinals[1]);
        assertEquals(80, ordinals[2]);
        assertEquals(1, scores[2]);
    }

    @Test
    void shouldKnowTheLastSixteenTexts() {
        FilterPlan first = plan("creator = 0");
        for (int i = 1; i < KnownFilters.CAPACITY; i++) {
            plan("creator = " + i);
        }
        assertSame(first, plan("creator = 0"));
        FilterPlan second = plan("creator = 2");
        // Drives out the one that was met longest ago, which is the one with 1.
        plan("creator = 100");
        assertSame(first, plan("creator = 0"));
        assertSame(second, plan("creator = 2"));
        for (int i = 101; i < 100 + KnownFilters.CAPACITY; i++) {
            plan("creator = " + i);
            assertSame(second, plan("creator = 2"));
        }
        assertNotSame(first, plan("creator = 0"));
    }

    @Test
    void shouldAllocateNothingWhenATextIsKnown() {
        byte[] text = "tags has '4' and duration < 3".getBytes(StandardCharsets.UTF_8);
        UnsafeBuffer buffer = new UnsafeBuffer(text);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 200 && least > 0; round++) {
            long before = AllocationMeter.currentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                request.similar(1, 1, 10, 0);
                request.filter().set(buffer, 0, text.length);
                filter().begin(request, answer);
                filter().accepts(i % ITEMS);
            }
            least = Math.min(least, AllocationMeter.currentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
    }

    @Test
    void shouldSayWhatIsWrongInOneLine() {
        assertRefused(
                "predicate not understood: position=1, found=pirce, expected=one of the attributes"
                        + " creator, tags, duration; correct it",
                "pirce < 10");
        assertRefused("a filter has no values for parameters", "creator = $1");
        assertRefused("predicate not understood", "creator = 'a\nb'");
        assertRefused("predicate not understood", "(".repeat(40));
        assertRefused("predicate too large", "(".repeat(100) + "creator = 1" + ")".repeat(100));
        request.filter().set(new UnsafeBuffer(new byte[] {'a', (byte) 0xff}), 0, 2);
        answer.clear();
        assertFalse(filter().begin(request, answer));
        assertEquals("filter is not utf-8; correct it", answer.message().toString());
        String longest = "creator = " + " ".repeat(WireLimits.MAX_FILTER_BYTES - 11) + "1";
        assertTrue(begin(longest));
        assertFalse(begin("x".repeat(WireLimits.MAX_FILTER_BYTES)));
        assertTrue(answer.message().length() <= WireLimits.MAX_MESSAGE_BYTES);
    }

    private void assertRefused(String message, String text) {
        assertFalse(begin(text));
        assertFalse(filter().isOn());
        assertEquals(Status.BAD_REQUEST, answer.status());
        String told = answer.message().toString();
        assertTrue(told.startsWith(message), told);
        assertEquals(1, told.lines().count());
    }
}
