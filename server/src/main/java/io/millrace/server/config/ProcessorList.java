package io.millrace.server.config;

import io.millrace.core.error.MillraceException;
import io.millrace.core.thread.ProcessorBinding;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Processors by their numbers, as taskset(1) names them: {@code 0-3,6}. */
final class ProcessorList {
    private static final Pattern PART = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

    private ProcessorList() {}

    /**
     * Reads a list; a number may come again.
     *
     * @param key that has it
     * @param list the text
     * @return numbers in the order of the list, at least one
     * @throws MillraceException USAGE where it is none
     */
    static int[] parse(String key, String list) {
        IntStream numbers = IntStream.empty();
        for (String part : list.split(",", -1)) {
            Matcher matcher = PART.matcher(part.strip());
            if (!matcher.matches()) {
                throw refuse(key, list);
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first || last >= ProcessorBinding.MOST) {
                throw refuse(key, list);
            }
            numbers = IntStream.concat(numbers, IntStream.rangeClosed(first, last));
        }
        return numbers.toArray();
    }

    private static MillraceException refuse(String key, String list) {
        return MillraceException.usage(
                "not a list of processors: %s=%s; give numbers of 0 to %d, as in 0-3,6",
                key, list, ProcessorBinding.MOST - 1);
    }
}
