package io.millrace.core.bundle;

/**
 * One file of a bundle.
 *
 * @param bytes its length.
 * @param crc32c its checksum, 8 hexadecimal digits.
 */
public record BundleFile(long bytes, String crc32c) {}
