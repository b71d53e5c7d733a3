package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Two classes whose constants are made of each other's see null or not by which is used first, so
 * each class of all modules is the first once, in a world of its own.
 */
final class ConstantsTest {
    private static final String OURS = "io.millrace.";

    @Test
    void shouldBeWholeWhicheverClassIsUsedFirst() throws IOException {
        List<Path> places = places();
        List<URL> urls = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (Path place : places) {
            urls.add(place.toUri().toURL());
            names.addAll(namesIn(place));
        }
        assertTrue(names.size() > 1_000, "classes=" + names.size() + " of " + places);

        Set<String> broken = new TreeSet<>();
        for (String first : names) {
            try (World world = new World(urls)) {
                world.use(first);
                world.nulls().forEach(found -> broken.add(found + ", when first " + first));
            }
        }
        assertEquals(Set.of(), broken, "constants that are null, or have a null part");
    }

    @Test
    void shouldTellOfConstantsThatAreBroken() throws IOException {
        List<URL> urls = List.of(testClasses());
        try (World world = new World(urls)) {
            world.use(Whole.class.getName());
            assertEquals(List.of(), world.nulls());
        }
        try (World world = new World(urls)) {
            world.use(Part.class.getName());
            assertEquals(List.of(Whole.class.getName() + ".ONE: part"), world.nulls());
        }
    }

    /** Made of {@link Part}, which checks itself by this. */
    record Whole(Part part) {
        static final Whole ONE = new Whole(Part.ONE);

        static int require(int number) {
            return number;
        }
    }

    /** See {@link Whole}. */
    record Part(int number) {
        static final Part ONE = new Part(1);

        Part {
            number = Whole.require(number);
        }
    }

    private static URL testClasses() throws MalformedURLException {
        return ConstantsTest.class.getProtectionDomain().getCodeSource().getLocation();
    }

    /** Where classes of the modules are, but for their tests: folders and jars. */
    private static List<Path> places() {
        List<Path> places = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            String name = entry.replace(File.separatorChar, '/');
            boolean isOurs = name.endsWith("/target/classes") || name.contains("/target/millrace-");
            if (isOurs && !name.endsWith("-tests.jar")) {
                places.add(Path.of(entry));
            }
        }
        return places;
    }

    private static List<String> namesIn(Path place) throws IOException {
        if (Files.isDirectory(place)) {
            return namesUnder(place);
        }
        try (FileSystem jar = FileSystems.newFileSystem(place)) {
            return namesUnder(jar.getPath("/"));
        }
    }

    private static List<String> namesUnder(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> file.startsWith("io/millrace/") && file.endsWith(".class"))
                    .filter(file -> !file.endsWith("-info.class"))
                    .map(file -> file.substring(0, file.length() - ".class".length()))
                    .map(file -> file.replace('/', '.'))
                    .toList();
        }
    }

    /** Classes of ours that nobody has used yet, over libraries that all share. */
    private static final class World extends URLClassLoader {
        private final List<Class<?>> loaded = new ArrayList<>();

        World(List<URL> places) {
            super(places.toArray(URL[]::new), ConstantsTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(OURS)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                Class<?> found = findClass(name);
                loaded.add(found);
                return found;
            }
        }

        void use(String name) {
            try {
                Class.forName(name, true, this);
            } catch (ClassNotFoundException | LinkageError e) {
                throw new AssertionError("cannot be used first: " + name, e);
            }
        }

        /** Constants of all that was loaded for it. */
        List<String> nulls() {
            List<String> nulls = new ArrayList<>();
            for (Class<?> type : List.copyOf(loaded)) {
                for (Field field : type.getDeclaredFields()) {
                    int modifiers = field.getModifiers();
                    if (Modifier.isStatic(modifiers) && Modifier.isFinal(modifiers)) {
                        String part = nullOf(get(field));
                        if (part != null) {
                            nulls.add(type.getName() + "." + field.getName() + ": " + part);
                        }
                    }
                }
            }
            return nulls;
        }

        private static @Nullable String nullOf(@Nullable Object constant) {
            if (constant == null) {
                return "all of it";
            }
            if (constant.getClass().isRecord() && constant.getClass().getName().startsWith(OURS)) {
                for (RecordComponent part : constant.getClass().getRecordComponents()) {
                    if (get(part, constant) == null && !isNullable(part)) {
                        return part.getName();
                    }
                }
            }
            return null;
        }

        private static boolean isNullable(RecordComponent part) {
            return part.getAnnotatedType().isAnnotationPresent(Nullable.class);
        }

        private static @Nullable Object get(Field field) {
            try {
                open(field);
                return field.get(null);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("cannot be read: " + field, e);
            }
        }

        private static @Nullable Object get(RecordComponent part, Object whole) {
            try {
                open(part.getAccessor());
                return part.getAccessor().invoke(whole);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("cannot be read: " + part, e);
            }
        }

        private static void open(AccessibleObject member) {
            member.setAccessible(true);
        }
    }
}
