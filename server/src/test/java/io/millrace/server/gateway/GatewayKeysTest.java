package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.wire.FrameLayout;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import javax.xml.parsers.DocumentBuilderFactory;

/** What the schema of frames has, requests in JSON have too. */
class GatewayKeysTest {
    /** Asked by GET; their fields are parameters. */
    private static final Set<String> WITHOUT_BODY =
            Set.of(
                    // A header brings the token.
                    "AuthRequest",
                    "InfoRequest",
                    "ColumnsRequest",
                    "ScopeColumnsRequest",
                    "StatsRequest");

    private static Document schema() throws Exception {
        try (InputStream in = FrameLayout.class.getResourceAsStream("millrace-wire.xml")) {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
        }
    }

    private static List<Element> children(Node parent, String... names) {
        List<Element> children = new ArrayList<>();
        for (Node at = parent.getFirstChild(); at != null; at = at.getNextSibling()) {
            if (at instanceof Element element && List.of(names).contains(element.getTagName())) {
                children.add(element);
            }
        }
        return children;
    }

    /** The names of the bits of each set of flags. */
    private static Map<String, List<String>> flags(Element root) {
        Map<String, List<String>> flags = new TreeMap<>();
        for (Element types : children(root, "types")) {
            for (Element set : children(types, "set")) {
                flags.put(
                        set.getAttribute("name"),
                        children(set, "choice").stream()
                                .map(choice -> choice.getAttribute("name"))
                                .toList());
            }
        }
        return flags;
    }

    @Test
    void shouldTakeEveryFieldOfEveryRequest() throws Exception {
        Element root = schema().getDocumentElement();
        Map<String, List<String>> flags = flags(root);
        Map<String, Set<String>> declared = new TreeMap<>();
        for (Element message : children(root, "sbe:message")) {
            String name = message.getAttribute("name");
            if (!name.endsWith("Request") || WITHOUT_BODY.contains(name)) {
                continue;
            }
            Set<String> keys = new TreeSet<>();
            for (Element field : children(message, "field", "group", "data")) {
                keys.addAll(
                        flags.getOrDefault(
                                field.getAttribute("type"), List.of(field.getAttribute("name"))));
            }
            keys.remove("correlationId");
            if (keys.remove("deadlineUs")) {
                keys.add("deadlineMs");
            }
            declared.put(name, keys);
        }
        Map<String, Set<String>> taken = new TreeMap<>();
        for (RequestShape shape : RequestShape.values()) {
            String name = shape.path().substring(Gateway.ROOT.length());
            String message =
                    name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + "Request";
            taken.put(message, new TreeSet<>(shape.keys()));
        }
        assertEquals(declared, taken);
    }
}
