package io.millrace.core.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own with the classes of the tests: one that may be killed or starved. */
public final class ChildJvm {
    private ChildJvm() {}

    /** The words that start it. */
    public static List<String> command(Class<?> main, Object... arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add("-XX:TieredStopAtLevel=1");
        words.add("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"); // for Agrona
        words.add("-cp");
        words.add(System.getProperty("java.class.path"));
        words.add(main.getName());
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        return words;
    }
}
