package io.millrace.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.imageio.ImageIO;

/**
 * A report as a real browser lays it out, on screens as wide as those of desks and of phones, light
 * and dark. Pictures of it stay in {@code target/report}.
 */
@Tag("slow")
@Timeout(300)
final class ReportBrowserTest {
    private static final List<String> BROWSERS =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final Pattern MEASURED = Pattern.compile("(?s)<pre id=\"out\">(.*?)</pre>");
    private static final Path PICTURES = Path.of("target", "report");
    private static final int DESK = 1_000;
    private static final int PHONE = 390;
    private static final int PLOTS = 6;

    /** WCAG's least contrast of text. */
    private static final double LEAST_CONTRAST = 4.5;

    @TempDir private Path folder;
    private @Nullable String browser;

    @BeforeEach
    void findBrowser() {
        browser = browserOnPath();
        assumeTrue(
                browser != null,
                "no browser on the PATH, looked for "
                        + BROWSERS
                        + "; on Debian: apt-get install chromium");
        HtmlReport.write(folder.resolve("page.html"), ReportSamples.full("a run"));
    }

    private static @Nullable String browserOnPath() {
        String path = System.getenv("PATH");
        for (String name : BROWSERS) {
            for (String place : (path == null ? "" : path).split(File.pathSeparator, -1)) {
                Path candidate = Path.of(place, name);
                if (Files.isExecutable(candidate)) {
                    return candidate.toString();
                }
            }
        }
        return null;
    }

    @Test
    void shouldFitADesk() throws Exception {
        checkLayout(DESK, "wide", false);
    }

    @Test
    void shouldFitAPhone() throws Exception {
        checkLayout(PHONE, "narrow", false);
    }

    /** A table that is too wide scrolls by itself, and its first column stays where it is. */
    @Test
    void shouldShowWideTablesOnAPhone() throws Exception {
        JsonNode tables = measure(PHONE, false).get("tables");
        int wide = 0;
        for (JsonNode table : tables) {
            String all = table.toString();
            assertTrue(table.get("right").asDouble() <= PHONE, all);
            assertTrue(table.get("text").asDouble() >= 12, all);
            assertEquals(0, table.get("focus").asInt(), "scrolled by keys: " + all);
            assertEquals(0, table.get("lastRight").asDouble(), 1.5, "its end is seen: " + all);
            if (table.get("hasMore").asBoolean()) {
                wide++;
                assertEquals(8, table.get("bar").asDouble(), "a bar that is seen: " + all);
                assertEquals(0, table.get("firstLeft").asDouble(), 1, "it stays: " + all);
                assertTrue(table.get("firstWidth").asDouble() <= 0.4 * PHONE, all);
                assertTrue(table.get("beside").asDouble() >= 0, "it hides nothing: " + all);
            }
        }
        assertEquals(4, tables.size(), tables.toString());
        assertEquals(1, wide, tables.toString());
        for (JsonNode table : measure(DESK, false).get("tables")) {
            assertEquals(0, table.get("lastRight").asDouble(), 1.5, table.toString());
        }
    }

    @Test
    void shouldBeReadableInTheDark() throws Exception {
        checkLayout(DESK, "wide", true);
        checkLayout(PHONE, "narrow", true);
    }

    private void checkLayout(int width, String plots, boolean isDark) throws Exception {
        JsonNode page = measure(width, isDark);
        String all = page.toString();
        assertEquals(isDark, page.get("isDark").asBoolean(), all);
        assertTrue(page.get("scrollWidth").asInt() <= width, "wider than the screen: " + all);
        assertEquals(PLOTS, page.get(plots).asInt(), all);
        assertEquals(PLOTS, page.get("wide").asInt() + page.get("narrow").asInt(), all);
        assertEquals(0, page.get("overlaps").size(), "labels that overlap: " + all);
        assertEquals(0, page.get("outside").size(), "labels outside their picture: " + all);
        assertTrue(page.get("leastText").asDouble() >= 10, "too small to read: " + all);
        assertTrue(page.get("heatCells").asInt() >= 4, "no heat map: " + all);
        assertTrue(page.get("text").asText().contains("1.21 ms"), "the figures: " + all);
        assertTrue(contrast(page.get("ink"), page.get("card")) >= LEAST_CONTRAST, all);
        assertTrue(contrast(page.get("muted"), page.get("card")) >= LEAST_CONTRAST, all);
        double light = brightness(picture(width, isDark));
        assertTrue(isDark ? light < 0.3 : light > 0.7, "brightness=" + light);
    }

    /** What a script that opens the page in a frame of some width finds out. */
    private JsonNode measure(int width, boolean isDark) throws Exception {
        Path frame = frame(width);
        String dom = run(isDark, List.of("--dump-dom", frame.toUri().toString()));
        Matcher measured = MEASURED.matcher(dom);
        assertTrue(measured.find(), dom);
        String json =
                measured.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        return Json.mapper().readTree(json);
    }

    private Path frame(int width) throws IOException {
        Path frame = folder.resolve("frame" + width + ".html");
        try (var script = ReportBrowserTest.class.getResourceAsStream("measure.html")) {
            assertTrue(script != null, "measure.html is missing");
            String text = new String(script.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(frame, text.replace("WIDTH", String.valueOf(width)));
        }
        return frame;
    }

    private BufferedImage picture(int width, boolean isDark) throws Exception {
        Files.createDirectories(PICTURES);
        Path file = PICTURES.resolve("page-" + width + (isDark ? "-dark" : "-light") + ".png");
        run(
                isDark,
                List.of(
                        "--screenshot=" + file.toAbsolutePath(),
                        "--hide-scrollbars",
                        "--window-size=" + Math.max(width, 500) + ",3600",
                        frame(width).toUri().toString()));
        BufferedImage picture = ImageIO.read(file.toFile());
        assertTrue(picture != null, "no picture: " + file);
        return picture;
    }

    private static double brightness(BufferedImage picture) {
        double sum = 0;
        int width = Math.min(picture.getWidth(), PHONE);
        int height = picture.getHeight() / 4;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int colour = picture.getRGB(x, y);
                sum += ((colour >> 16 & 0xFF) + (colour >> 8 & 0xFF) + (colour & 0xFF)) / 765.0;
            }
        }
        return sum / ((double) width * height);
    }

    /** By relative luminance, of three parts of 0 to 255 each. */
    private static double contrast(JsonNode one, JsonNode other) {
        double first = luminance(one);
        double second = luminance(other);
        return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
    }

    private static double luminance(JsonNode colour) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double part = colour.get(i).asDouble() / 255;
            sum +=
                    weights[i]
                            * (part <= 0.04045
                                    ? part / 12.92
                                    : Math.pow((part + 0.055) / 1.055, 2.4));
        }
        return sum;
    }

    private String run(boolean isDark, List<String> arguments) throws Exception {
        Path profile = Files.createTempDirectory(folder, "profile");
        List<String> command = new ArrayList<>();
        command.add(String.valueOf(browser));
        command.addAll(
                List.of(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--allow-file-access-from-files",
                        "--user-data-dir=" + profile));
        if (isDark) {
            command.add("--force-dark-mode");
        }
        command.addAll(arguments);
        Path out = folder.resolve("out.txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(folder.resolve("err.txt").toFile())
                        .start();
        try {
            assertTrue(process.waitFor(100, TimeUnit.SECONDS), "the browser hangs");
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out);
    }
}
