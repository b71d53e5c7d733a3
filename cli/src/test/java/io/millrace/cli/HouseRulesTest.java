package io.millrace.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules of the house that a compiler can't see, over the classes and sources of all modules.
 */
final class HouseRulesTest {
    private static final Pattern PUBLIC_TYPE =
            Pattern.compile(
                    "public (?:(?:abstract|final|sealed|non-sealed|strictfp) )*"
                            + "(?:class|interface|record|enum|@interface) .*");

    private static final Pattern WALL_CLOCK =
            Pattern.compile(
                    "java\\.lang\\.System\\.currentTimeMillis\\(.*"
                            + "|java\\.time\\.\\w+\\.(now|system\\w*)\\(.*"
                            + "|java\\.util\\.Date\\.<init>\\(\\)");
    private static final Pattern CONNECTION =
            Pattern.compile(
                    "java\\.net\\.Socket\\.(<init>|connect)\\(.*"
                            + "|java\\.net\\.(URL|URLConnection|HttpURLConnection)\\.open\\w+\\(.*"
                            + "|java\\.net\\.http\\..*"
                            + "|java\\.nio\\.channels\\.\\w+\\.connect\\(.*"
                            + "|java\\.net\\.Datagram.*"
                            + "|io\\.netty\\.bootstrap\\.Bootstrap\\.connect\\(.*"
                            + "|io\\.netty\\.channel\\.\\w+\\.connect\\(.*");

    private static final Pattern EQUALITY =
            Pattern.compile(
                    "java\\.util\\.Arrays\\.(equals|compare|mismatch)\\(.*"
                            + "|java\\.security\\.MessageDigest\\.isEqual\\(.*");

    private static final List<String> SERVING =
            List.of(
                    "io.millrace.client",
                    "io.millrace.core",
                    "io.millrace.index",
                    "io.millrace.ranker",
                    "io.millrace.server");

    private static JavaClasses classes;
    private static Path root;

    @BeforeAll
    static void readClasses() {
        classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        // Those of other modules come as jars.
                        .withImportOption(location -> !location.contains("-tests.jar"))
                        .importPackages("io.millrace");
        root = findRoot();
    }

    @Test
    void shouldSeeEveryPackageWhenRulesAreChecked() throws IOException {
        Set<String> seen =
                classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        Set<String> unseen = new TreeSet<>();
        for (Path source : mainSources()) {
            Path inside = root.relativize(source);
            // Benchmarks are not part of the executable, and free to import what they compare.
            if (!inside.startsWith("jmh") && !source.endsWith("package-info.java")) {
                Path folder = inside.subpath(4, inside.getNameCount() - 1);
                unseen.add(folder.toString().replace(File.separatorChar, '.'));
            }
        }
        unseen.removeAll(seen);
        assertEquals(Set.of(), unseen, "packages whose classes the rules would miss");
    }

    @Test
    void shouldKeepVectorsInOnePackageWhenImported() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.millrace.core.simd")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(classes);
    }

    @Test
    void shouldKeepChronicleInOnePackageWhenImported() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.millrace.ranker.store")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.openhft..")
                .check(classes);
    }

    @Test
    void shouldKeepProtobufInOnePackageWhenImported() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.millrace.ranker.exchange")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.google.protobuf..")
                .check(classes);
    }

    @Test
    void shouldKeepNettyInServerAndLoadgenWhenImported() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.millrace.server..", "io.millrace.loadgen..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(classes);
    }

    @Test
    void shouldKeepTheClientSmallWhenImported() {
        classes()
                .that()
                .resideInAPackage("io.millrace.client..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.millrace.client..",
                        "io.millrace.core.error",
                        "io.millrace.core.tls",
                        "io.millrace.core.wire..",
                        "java..",
                        "javax.net.ssl",
                        "org.agrona..",
                        "org.jspecify..")
                .check(classes);
    }

    /** The client leaves out the libraries that other parts of core need. */
    @Test
    void shouldKeepWireAndErrorsFreeOfOtherPartsWhenImported() {
        classes()
                .that()
                .resideInAnyPackage(
                        "io.millrace.core.error", "io.millrace.core.tls", "io.millrace.core.wire..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "com.google.errorprone.annotations",
                        "io.millrace.core",
                        "io.millrace.core.error",
                        "io.millrace.core.tls",
                        "io.millrace.core.wire..",
                        "java..",
                        "javax.crypto..",
                        "org.agrona..",
                        "org.jspecify..")
                .check(classes);
    }

    /** Who reads objects that another has written runs what the other wants. */
    @Test
    void shouldReadNoJavaObjectsWhenImported() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.rmi..", "java.beans..", "javax.naming..")
                .check(classes);
    }

    /** A server is connected to; it connects to nobody but, on loopback, to itself. */
    @Test
    void shouldConnectToNobodyWhenServing() {
        Set<String> connecting = new TreeSet<>();
        for (JavaClass type : classes) {
            boolean isServing =
                    SERVING.stream()
                            .filter(root -> !root.equals("io.millrace.client"))
                            .anyMatch(root -> type.getPackageName().startsWith(root));
            boolean isConnecting =
                    type.getCodeUnitCallsFromSelf().stream()
                            .map(call -> call.getTarget().getFullName())
                            .anyMatch(target -> CONNECTION.matcher(target).matches());
            if (isServing && isConnecting) {
                connecting.add(type.getSimpleName());
            }
        }
        assertEquals(Set.of("FrameLink"), connecting);
    }

    /** Tokens are compared in one place, in a time that does not tell where they differ. */
    @Test
    void shouldCompareTokensInConstantTimeWhenImported() {
        Set<String> comparing = new TreeSet<>();
        for (JavaClass type : classes) {
            if (type.getPackageName().startsWith("io.millrace.server.security")) {
                type.getCodeUnitCallsFromSelf().stream()
                        .map(call -> call.getTarget().getFullName())
                        .filter(target -> EQUALITY.matcher(target).matches())
                        .forEach(target -> comparing.add(type.getSimpleName() + " " + target));
            }
        }
        assertEquals(Set.of("TokenHash java.security.MessageDigest.isEqual([B, [B)"), comparing);
    }

    @Test
    void shouldHaveNoCyclesWhenPackagesAreFollowed() {
        slices().matching("io.millrace.(**)").should().beFreeOfCycles().check(classes);
    }

    /** What is timed, and every deadline, must not jump when somebody sets the clock. */
    @Test
    void shouldReadTheClockOfTheWallOnlyWhereAMomentIsToldWhenServing() {
        Set<String> readers = new TreeSet<>();
        for (JavaClass type : classes) {
            boolean isServing =
                    SERVING.stream().anyMatch(root -> type.getPackageName().startsWith(root));
            boolean isReader =
                    type.getCodeUnitCallsFromSelf().stream()
                            .map(call -> call.getTarget().getFullName())
                            .anyMatch(target -> WALL_CLOCK.matcher(target).matches());
            if (isServing && isReader) {
                readers.add(type.getSimpleName());
            }
        }
        assertEquals(
                Set.of(
                        // Names of files, which tell when they were begun.
                        "JournalWriter",
                        "Leftovers",
                        // When a file of impressions was begun.
                        "RankerBundle",
                        "ServingBundle",
                        // When certificates end.
                        "TlsIdentity",
                        // Moments that others read: of an impression, of a stall, of a snapshot.
                        "HiccupMeter",
                        "ImpressionRecorder",
                        "Scrubber",
                        "StateSnapshot",
                        // Names of folders, which tell when a state was restored.
                        "StateRestore",
                        // The hour as a feature, and events of days that fade.
                        "FeedbackIntake",
                        "FeedbackStage",
                        "ItemRates",
                        "RequestRows"),
                readers);
    }

    @Test
    void shouldDescribeEveryPackageWhenItHoldsCode() throws IOException {
        List<String> silent = new ArrayList<>();
        for (Path source : mainSources()) {
            Path description = source.resolveSibling("package-info.java");
            if (!Files.exists(description)
                    || !Files.readString(description).contains("@NullMarked")) {
                silent.add(root.relativize(description).toString());
            }
        }
        assertEquals(
                List.of(),
                silent.stream().distinct().toList(),
                "a package-info.java with a description and @NullMarked is missing");
    }

    @Test
    void shouldDescribeEveryTypeWhenPublic() throws IOException {
        List<String> silent = new ArrayList<>();
        for (Path source : mainSources()) {
            List<String> lines = Files.readAllLines(source);
            for (int i = 0; i < lines.size(); i++) {
                if (PUBLIC_TYPE.matcher(lines.get(i)).matches() && !isDescribed(lines, i)) {
                    silent.add(root.relativize(source) + ":" + (i + 1));
                }
            }
        }
        assertEquals(List.of(), silent, "a public type has no Javadoc");
    }

    /** Looks up from a type, over its annotations, for the end of a comment. */
    private static boolean isDescribed(List<String> lines, int type) {
        for (int i = type - 1; i >= 0; i--) {
            String line = lines.get(i).strip();
            if (line.endsWith("*/")) {
                return true;
            }
            if (line.isEmpty() || line.endsWith("}") || line.startsWith("import ")) {
                return false;
            }
        }
        return false;
    }

    private static List<Path> mainSources() throws IOException {
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.toList()) {
                Path main = module.resolve("src/main/java");
                if (Files.isDirectory(main)) {
                    try (Stream<Path> files = Files.walk(main)) {
                        files.filter(file -> file.toString().endsWith(".java"))
                                .forEach(sources::add);
                    }
                }
            }
        }
        assertTrue(!sources.isEmpty(), "no sources found under " + root);
        return sources;
    }

    private static Path findRoot() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve(".mvn"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IllegalStateException("no .mvn folder above the working directory");
            }
            directory = parent;
        }
        return directory;
    }
}
