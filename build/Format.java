import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks or mends the formatting of every Java source: {@code Format.java check|apply ROOT MEMORY
 * FOLDER}.
 *
 * <p>Runs on the JDK of the build, whose syntax the formatter must know, and not in Maven, which
 * may run on an older one. MEMORY names a file that remembers what was found well formatted, by
 * path, size and time, so that only what changed is read again. FOLDER, relative to ROOT, limits
 * what is visited.
 */
final class Format {
    private static final Formatter FORMATTER =
            new Formatter(
                    JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build());

    private static final int MOST_PASSES = 8;

    private final boolean apply;
    private final Path root;
    private final Set<String> known;
    private final Set<String> good = new ConcurrentSkipListSet<>();
    private final Set<String> bad = new ConcurrentSkipListSet<>();
    private final Set<String> unreadable = new ConcurrentSkipListSet<>();

    private Format(boolean apply, Path root, Set<String> known) {
        this.apply = apply;
        this.root = root;
        this.known = known;
    }

    public static void main(String[] arguments) throws IOException {
        boolean apply = arguments[0].equals("apply");
        Path root = Path.of(arguments[1]);
        Path memory = Path.of(arguments[2]);
        Set<String> known =
                Files.exists(memory) ? Set.copyOf(Files.readAllLines(memory)) : Set.of();
        Path folder = root.resolve(arguments[3]).normalize();
        Format format = new Format(apply, root, known);
        format.sources().parallelStream()
                .filter(path -> path.startsWith(folder))
                .forEach(format::visit);
        if (folder.equals(root)) {
            Files.write(memory, new TreeSet<>(format.good));
        }
        format.report();
        System.exit(format.unreadable.isEmpty() && (format.bad.isEmpty() || apply) ? 0 : 1);
    }

    private List<Path> sources() throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            return modules.flatMap(
                            module ->
                                    module.endsWith("build")
                                            ? Stream.of(module)
                                            : Stream.of(module.resolve("src")))
                    .filter(Files::isDirectory)
                    .flatMap(Format::walk)
                    .filter(path -> path.toString().endsWith(".java"))
                    .collect(Collectors.toList());
        }
    }

    private static Stream<Path> walk(Path directory) {
        try {
            return Files.walk(directory);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void visit(Path source) {
        try {
            String fingerprint = fingerprint(source);
            if (!known.contains(fingerprint)) {
                String text = Files.readString(source);
                String formatted = FORMATTER.formatSourceAndFixImports(text);
                if (!formatted.equals(text)) {
                    bad.add(root.relativize(source).toString());
                    if (!apply) {
                        return;
                    }
                    Files.writeString(source, settled(formatted));
                    fingerprint = fingerprint(source);
                }
            }
            good.add(fingerprint);
        } catch (FormatterException e) {
            unreadable.add(root.relativize(source) + ":" + e.getMessage());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What the formatter leaves as it is: long texts that it parts anew it may part once more. */
    private static String settled(String formatted) throws FormatterException {
        String last = formatted;
        for (int i = 0; i < MOST_PASSES; i++) {
            String next = FORMATTER.formatSourceAndFixImports(last);
            if (next.equals(last)) {
                return last;
            }
            last = next;
        }
        throw new FormatterException(
                "the formatter comes to no end after " + MOST_PASSES + " passes; part long texts");
    }

    private String fingerprint(Path source) throws IOException {
        return Files.size(source)
                + " "
                + Files.getLastModifiedTime(source).toMillis()
                + " "
                + root.relativize(source);
    }

    private void report() {
        unreadable.forEach(System.out::println);
        for (String path : bad) {
            System.out.println((apply ? "formatted: " : "badly formatted: ") + path);
        }
        if (!apply && !bad.isEmpty()) {
            System.out.println("mend it with: mvn -N -Pformat validate");
        }
    }
}
