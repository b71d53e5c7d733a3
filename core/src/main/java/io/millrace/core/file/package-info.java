/**
 * Files that appear whole or not at all, and the one container all binary files of the project
 * share. {@link io.millrace.core.file.SectionFile} reads the container, {@link
 * io.millrace.core.file.SectionFileWriter} writes it, {@link
 * io.millrace.core.file.SectionFileLayout} draws it; {@link io.millrace.core.file.AtomicFile} and
 * {@link io.millrace.core.file.AtomicDirectory} are the ways to write anything else. A writer
 * belongs to one thread, an open file may be read from many. Opening allocates, reading a section
 * does not.
 */
@NullMarked
package io.millrace.core.file;

import org.jspecify.annotations.NullMarked;
