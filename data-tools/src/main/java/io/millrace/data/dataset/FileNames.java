package io.millrace.data.dataset;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names of files in the manifests of folders. A manifest is read before anything vouches for it, so
 * it may name nothing outside of its folder.
 *
 * <p>Threading: any thread.
 */
public final class FileNames {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private FileNames() {}

    /**
     * Makes sure that a manifest names files of its folder, and says something of each.
     *
     * @param files what it says, by name; keys that a file leaves out arrive as null.
     * @throws MillraceException BAD_INPUT when it does not.
     */
    public static void validate(@Nullable Map<String, ?> files) {
        if (files == null) {
            throw MillraceException.badInput(
                    "a manifest without files: key=files; make the folder again");
        }
        files.forEach(
                (name, said) -> {
                    if (!PLAIN.matcher(name).matches() || (Object) said == null) {
                        throw MillraceException.badInput(
                                "no file of a manifest's folder: name=%.64s, said of it=%s; make"
                                        + " the folder again",
                                printable(name), said);
                    }
                });
    }

    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
