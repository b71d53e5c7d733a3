package io.millrace.jmh.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/** Pictures as the documents they are. */
final class CurvePlotTest {
    @Test
    void shouldDrawALineForEachEngineWhenMeasured() throws Exception {
        PeerRun own = PeerSamples.run("millrace", 50, 0.9, 40_000, 0.99, 10_000, 1, 2_000);
        PeerRun other = PeerSamples.run("hnswlib", 100, 0.9, 16_000, 0.96, 4_000);
        Document svg = parse(CurvePlot.draw(List.of(own, other), "a <b> & \"c\"", 10));
        assertEquals("svg", svg.getDocumentElement().getTagName());
        assertEquals("a <b> & \"c\"", svg.getDocumentElement().getAttribute("aria-label"));
        List<Element> lines = elements(svg, "polyline");
        assertEquals(2, lines.size());
        List<double[]> first = points(lines.getFirst());
        List<double[]> second = points(lines.getLast());
        assertEquals(3, first.size());
        assertEquals(2, second.size());
        for (double[] point : Stream.concat(first.stream(), second.stream()).toList()) {
            assertTrue(point[0] > 60 && point[0] < 560, "x=" + point[0]);
            assertTrue(point[1] > 100 && point[1] < 560, "y=" + point[1]);
        }
        // Equal recalls lie above each other, the faster one higher; 0.9 to 0.99 is as wide as 0.99
        // to 0.999, and what is recalled wholly stands at 0.9999.
        assertEquals(first.getFirst()[0], second.getFirst()[0], 0.1);
        assertTrue(first.getFirst()[1] < second.getFirst()[1]);
        double step = first.get(1)[0] - first.get(0)[0];
        assertEquals(first.get(1)[0] + 2 * step, first.get(2)[0], 0.5);
        // The same factor is the same height: 40,000 to 10,000 as 16,000 to 4,000.
        assertEquals(first.get(1)[1] - first.get(0)[1], second.get(1)[1] - second.get(0)[1], 0.5);
        String text = svg.getDocumentElement().getTextContent();
        for (String label : List.of("millrace", "hnswlib", "recall@10", "0.95", "20k")) {
            assertTrue(text.contains(label), label);
        }
        assertTrue(text.contains("prefers-color-scheme: dark"));
    }

    @Test
    void shouldDrawAxesOnlyWhenNothingWasMeasured() throws Exception {
        Document svg = parse(CurvePlot.draw(List.of(new PeerRun("lucene")), "none", 10));
        assertEquals("", elements(svg, "polyline").getFirst().getAttribute("points"));
        assertTrue(svg.getDocumentElement().getTextContent().contains("lucene"));
    }

    private static Document parse(String text)
            throws ParserConfigurationException, IOException, SAXException {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(text)));
    }

    private static List<Element> elements(Document svg, String name) {
        NodeList nodes = svg.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static List<double[]> points(Element line) {
        return Stream.of(line.getAttribute("points").split(" ", -1))
                .map(
                        pair ->
                                Stream.of(pair.split(",", -1))
                                        .mapToDouble(Double::parseDouble)
                                        .toArray())
                .toList();
    }
}
