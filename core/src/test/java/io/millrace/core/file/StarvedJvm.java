package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of its own that has less room than it wants; answers the lines that it prints. */
public final class StarvedJvm {
    private StarvedJvm() {}

    /** Under a limit on the length of files, which any user may set. */
    public static List<String> withShortFiles(int kibibytes, Class<?> main, Object... arguments)
            throws Exception {
        String limited = "ulimit -f " + kibibytes + "; \"$@\"";
        return run(List.of("bash", "-c", limited, "bash"), main, arguments);
    }

    /** With a file system of its own in a folder, where the system lets users have one. */
    public static List<String> onSmallDisk(
            int mebibytes, Path folder, Class<?> main, Object... arguments) throws Exception {
        String mounted = "mount -t tmpfs -o size=" + mebibytes + "m tmpfs $0 && \"$@\"";
        return run(
                List.of("unshare", "-rm", "bash", "-c", mounted, folder.toString()),
                main,
                arguments);
    }

    private static List<String> run(List<String> limit, Class<?> main, Object... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(limit);
        command.addAll(ChildJvm.command(main, arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            return abort("the system has no " + limit.getFirst());
        }
        byte[] out = process.getInputStream().readAllBytes();
        byte[] err = process.getErrorStream().readAllBytes();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        String errors = new String(err, StandardCharsets.UTF_8);
        if (process.exitValue() != 0 && errors.matches("(?s)(unshare|mount): .*")) {
            return abort("the system mounts nothing for users");
        }
        assertEquals(0, process.exitValue(), errors);
        return new String(out, StandardCharsets.UTF_8).lines().toList();
    }
}
