package io.millrace.cli.load;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows what a terminal would show of text with a few of ANSI's sequences. */
final class FakeTerminal {
    private static final Pattern PART =
            Pattern.compile("\u001b\\[(\\d*)([A-Z])|(\n)|(\r)|([^\u001b\n\r]+)");

    private FakeTerminal() {}

    static List<String> show(String written) {
        List<String> screen = new ArrayList<>();
        int row = 0;
        Matcher parts = PART.matcher(written);
        int end = 0;
        while (parts.find()) {
            if (parts.start() != end) {
                throw new IllegalArgumentException("what a terminal does not know: at=" + end);
            }
            end = parts.end();
            while (screen.size() <= row) {
                screen.add("");
            }
            if (parts.group(3) != null) {
                row++;
            } else if (parts.group(5) != null) {
                screen.set(row, screen.get(row) + parts.group(5));
            } else if (parts.group(2) != null) {
                switch (parts.group(2)) {
                    case "A" -> row -= Integer.parseInt(parts.group(1));
                    case "K" -> screen.set(row, "");
                    case "J" -> screen.subList(row, screen.size()).clear();
                    default -> throw new IllegalArgumentException(parts.group());
                }
            }
        }
        return screen;
    }
}
