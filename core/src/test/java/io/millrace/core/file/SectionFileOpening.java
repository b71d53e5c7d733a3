package io.millrace.core.file;

import java.nio.file.Path;

/** The two ways to open a section file: what holds for one must hold for the other. */
enum SectionFileOpening {
    READ {
        @Override
        SectionFile open(Path path, String kind, int newestVersion) {
            return SectionFile.open(path, kind, newestVersion);
        }
    },
    MAPPED {
        @Override
        SectionFile open(Path path, String kind, int newestVersion) {
            return SectionFile.map(path, kind, newestVersion);
        }
    };

    abstract SectionFile open(Path path, String kind, int newestVersion);
}
