package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A library of C in front of the system's, for processes that are started with its environment, and
 * for no others. It is compiled here.
 */
public final class PreloadedLibrary {
    private final Path library;

    private PreloadedLibrary(Path library) {
        this.library = library;
    }

    /**
     * Compiles it; skips the test where the system has no compiler of C.
     *
     * @param owner beside which the source is among the resources
     * @param name of the source, without its ending
     * @param folder to compile in
     */
    public static PreloadedLibrary compile(Class<?> owner, String name, Path folder)
            throws IOException, InterruptedException {
        Path source = folder.resolve(name + ".c");
        try (InputStream in = owner.getResourceAsStream(name + ".c");
                OutputStream out = Files.newOutputStream(source)) {
            Objects.requireNonNull(in, name).transferTo(out);
        }
        Path library = folder.resolve(name + ".so");
        Path told = folder.resolve("cc.log");
        Process compiler;
        try {
            compiler =
                    new ProcessBuilder(
                                    "cc",
                                    "-shared",
                                    "-fPIC",
                                    "-o",
                                    library.toString(),
                                    source.toString(),
                                    "-ldl")
                            .redirectErrorStream(true)
                            .redirectOutput(told.toFile())
                            .start();
        } catch (IOException e) {
            return abort("the system has no compiler of C");
        }
        assertEquals(0, compiler.waitFor(), () -> read(told));
        return new PreloadedLibrary(library);
    }

    private static String read(Path told) {
        try {
            return Files.readString(told);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a process that is to have it, with what the library is told. */
    public Map<String, String> environment(String key, Path value) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LD_PRELOAD", library.toString());
        environment.put(key, value.toString());
        return environment;
    }
}
