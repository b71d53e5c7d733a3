package io.millrace.cli.report;

import java.util.Locale;

/** Writes HTML and SVG; every text goes through {@link #escape}. */
final class Html {
    private final StringBuilder html = new StringBuilder(1 << 16);

    /** Adds markup as it is. */
    Html raw(String markup) {
        html.append(markup);
        return this;
    }

    /** Adds text. */
    Html text(String text) {
        html.append(escape(text));
        return this;
    }

    /** Adds an element that holds a text. */
    Html element(String tag, String classes, String text) {
        return open(tag, classes).text(text).close(tag);
    }

    Html open(String tag, String classes) {
        html.append('<').append(tag);
        if (!classes.isEmpty()) {
            html.append(" class=\"").append(escape(classes)).append('"');
        }
        html.append('>');
        return this;
    }

    Html close(String tag) {
        html.append("</").append(tag).append('>');
        return this;
    }

    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(Character.isISOControl(c) && c != '\n' ? ' ' : c);
            }
        }
        return escaped.toString();
    }

    /** A coordinate. */
    static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
