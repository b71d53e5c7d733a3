package io.millrace.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.cli.report.ReportData.Flame;
import io.millrace.cli.report.ReportData.FlamePart;
import io.millrace.cli.report.ReportData.ProcessSecond;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.xml.parsers.DocumentBuilderFactory;

final class HtmlReportTest {
    private static final Pattern TAG = Pattern.compile("<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>");
    private static final Set<String> VOID = Set.of("meta");

    @TempDir Path folder;

    @Test
    void shouldLoadNothingWhenOpened() {
        String page = HtmlReport.page(ReportSamples.full("a run")).toLowerCase(Locale.ROOT);
        for (String loader :
                List.of(
                        "http:",
                        "https:",
                        "//",
                        "src=",
                        "href=",
                        "url(",
                        "@import",
                        "<script",
                        "<link",
                        "<img",
                        "<iframe",
                        "javascript:")) {
            assertFalse(page.contains(loader), loader);
        }
    }

    @Test
    void shouldEscapeWhenTextLooksLikeMarkup() {
        String page = HtmlReport.page(ReportSamples.full("<b onload='x'>\"&\" \u0007</b>"));
        assertTrue(
                page.contains("&lt;b onload=&#39;x&#39;&gt;&quot;&amp;&quot;  &lt;/b&gt;"), page);
        assertFalse(page.contains("<b onload"));
        assertFalse(page.contains("\u0007"));
    }

    @Test
    void shouldCloseEveryElementWhenWritten() {
        for (ReportData data : List.of(ReportSamples.full("a run"), ReportSamples.empty())) {
            Deque<String> open = new ArrayDeque<>();
            String page = HtmlReport.page(data);
            Matcher tags = TAG.matcher(page.substring(page.indexOf("<html")));
            while (tags.find()) {
                String tag = tags.group(2);
                if (tags.group(1).isEmpty()) {
                    if (!VOID.contains(tag) && !tags.group(3).endsWith("/")) {
                        open.push(tag);
                    }
                } else {
                    assertEquals(open.pop(), tag);
                }
            }
            assertEquals(List.of(), List.copyOf(open));
        }
    }

    @Test
    void shouldDrawSoundPicturesInsideTheirFrameWhenThereAreFigures() throws Exception {
        String page = HtmlReport.page(ReportSamples.full("a run"));
        Matcher pictures = Pattern.compile("(?s)<svg.*?</svg>").matcher(page);
        int count = 0;
        while (pictures.find()) {
            Document picture =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(
                                    new ByteArrayInputStream(
                                            pictures.group().getBytes(StandardCharsets.UTF_8)));
            assertEquals("svg", picture.getDocumentElement().getTagName());
            assertFalse(pictures.group().contains("NaN"), pictures.group());
            assertFalse(pictures.group().contains("Infinity"), pictures.group());
            assertFalse(pictures.group().contains("=\"-"), "negative: " + pictures.group());
            count++;
        }
        // Four steps of the funnel; six plots for wide and for narrow screens.
        assertEquals(4 + 2 * 6, count);
    }

    @Test
    void shouldShowWhatTheHostTookWhereItDid() {
        assertTrue(HtmlReport.page(ReportSamples.full("a run")).contains("taken by the host"));
        String without = TimeCharts.processors(List.of(new ProcessSecond(1, 0.4, 1.2, 0)));
        assertFalse(without.contains("taken by the host"), without);
    }

    /** A part that is as long as the whole is as wide, whichever row it stands in. */
    @Test
    void shouldDrawTimeToScaleWhenPartsAreNested() {
        String flame =
                Flames.of(
                        new Flame(
                                "around the median",
                                List.of(
                                        List.of(new FlamePart("latency", 800)),
                                        List.of(
                                                new FlamePart("queue", 700),
                                                new FlamePart("rank", 290),
                                                new FlamePart("encode", 10)))));
        assertTrue(flame.contains("width:80.00%\" title=\"latency 800 µs\""), flame);
        assertTrue(flame.contains("width:70.00%\" title=\"queue 700 µs\""), flame);
        assertTrue(flame.contains("title=\"rank 290 µs\">rank 290 µs</span>"), flame);
        assertTrue(flame.contains("width:1.00%\" title=\"encode 10 µs\"></span>"), flame);
    }

    @Test
    void shouldLeavePartsOutWhenThereIsNothingToShow() {
        String page = HtmlReport.page(ReportSamples.empty());
        assertFalse(page.contains("<svg"), page);
        assertFalse(page.contains("Some answers"), page);
        assertTrue(page.contains("verdict bad"), page);
    }

    @Test
    void shouldBeTheSameBytesWhenWrittenTwice() throws Exception {
        Path first = folder.resolve("first.html");
        Path second = folder.resolve("deep/second.html");
        HtmlReport.write(first, ReportSamples.full("a run"));
        HtmlReport.write(second, ReportSamples.full("a run"));
        assertEquals(-1, Files.mismatch(first, second));
    }
}
