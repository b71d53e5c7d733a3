package io.millrace.server.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a page in Prometheus' text format 0.0.4, as strictly as its description and the advice on
 * names have it.
 *
 * @param types by name of the metric
 * @param samples by name and labels, as they stand there
 */
record PrometheusPage(Map<String, String> types, Map<String, Double> samples) {
    private static final Pattern HELP = Pattern.compile("# HELP ([a-z_]+) ([A-Z0-9].*\\.)");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE ([a-z_]+) (counter|gauge|histogram)");
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "([a-z_]+)(?:\\{((?:[a-z_]+=\"[^\"\\\\\\n]*\",?)+)})?"
                            + " (-?[0-9]+(?:\\.[0-9]+)?(?:E-?[0-9]+)?)");
    private static final Pattern BOUND = Pattern.compile("le=\"([^\"]+)\"");
    private static final List<String> PARTS = List.of("_bucket", "_sum", "_count");

    static PrometheusPage parse(String text) {
        check(text.endsWith("\n"), "the last line has no end");
        Map<String, String> types = new LinkedHashMap<>();
        Map<String, Double> samples = new LinkedHashMap<>();
        Set<String> helped = new HashSet<>();
        String current = "";
        for (String line : text.lines().toList()) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (help.matches()) {
                check(helped.add(help.group(1)), "described twice: " + line);
                current = help.group(1);
            } else if (type.matches()) {
                check(type.group(1).equals(current), "not behind its description: " + line);
                check(types.put(current, type.group(2)) == null, "two types: " + line);
                checkName(current, type.group(2));
            } else {
                check(sample.matches(), "not a sample: " + line);
                String kind = types.getOrDefault(current, "none");
                check(baseOf(sample.group(1), kind).equals(current), "among others: " + line);
                String labels = sample.group(2);
                boolean isReserved = labels != null && labels.matches(".*\\b(le|quantile)=.*");
                check(!isReserved || kind.equals("histogram"), "a reserved label: " + line);
                String key =
                        labels == null ? sample.group(1) : sample.group(1) + "{" + labels + "}";
                double value = Double.parseDouble(sample.group(3));
                check(samples.put(key, value) == null, "twice: " + line);
                check(!kind.equals("counter") || value >= 0, "below nothing: " + line);
            }
        }
        PrometheusPage page = new PrometheusPage(types, samples);
        page.checkHistograms();
        return page;
    }

    private static void checkName(String name, String type) {
        check(name.startsWith("millrace_"), "of somebody else: " + name);
        check(name.endsWith("_total") == type.equals("counter"), type + " " + name);
    }

    /** The metric that a sample of a type belongs to. */
    static String baseOf(String name, String type) {
        if (type.equals("histogram")) {
            for (String part : PARTS) {
                if (name.endsWith(part)) {
                    return name.substring(0, name.length() - part.length());
                }
            }
        }
        return name;
    }

    /** Buckets grow with their bounds, and the last one counts all. */
    private void checkHistograms() {
        Map<String, List<double[]>> buckets = new HashMap<>();
        samples.forEach(
                (key, value) -> {
                    Matcher bound = BOUND.matcher(key);
                    if (key.contains("_bucket{") && bound.find()) {
                        String text = bound.group(1);
                        double most =
                                text.equals("+Inf")
                                        ? Double.POSITIVE_INFINITY
                                        : Double.parseDouble(text);
                        String series =
                                key.replaceAll(",?le=\"[^\"]+\"", "")
                                        .replace("{}", "")
                                        .replace("_bucket", "_count");
                        buckets.computeIfAbsent(series, s -> new ArrayList<>())
                                .add(new double[] {most, value});
                    }
                });
        check(types.containsValue("histogram") == !buckets.isEmpty(), "buckets without histogram");
        buckets.forEach(
                (series, list) -> {
                    for (int i = 1; i < list.size(); i++) {
                        check(list.get(i)[0] > list.get(i - 1)[0], "bounds of " + series);
                        check(list.get(i)[1] >= list.get(i - 1)[1], "counts of " + series);
                    }
                    double[] last = list.getLast();
                    check(Double.isInfinite(last[0]), "no last bound: " + series);
                    check(samples.containsKey(series), "no count: " + series);
                    check(samples.getOrDefault(series, -1.0) == last[1], "count of " + series);
                    String sum = series.replace("_count", "_sum");
                    check(samples.getOrDefault(sum, -1.0) >= 0, "no sum: " + sum);
                });
    }

    private static void check(boolean isTrue, String what) {
        if (!isTrue) {
            throw new AssertionError(what);
        }
    }
}
