package io.millrace.data.importers.mapped;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** How a source names users and items, and the number that stands for it in requests. */
public enum MappedId {
    /** By whole numbers, which are used as they are. */
    NUMBER {
        @Override
        long read(SourceRow row, String column) throws RejectedRow {
            return row.wholeNumber(column);
        }
    },
    /** By texts: the first eight bytes of the SHA-256 of the UTF-8 text, big-endian. */
    TEXT {
        @Override
        long read(SourceRow row, String column) throws RejectedRow {
            String text = row.text(column);
            if (text.isEmpty()) {
                throw new RejectedRow(column + " is missing");
            }
            try {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
                return ByteBuffer.wrap(digest).getLong();
            } catch (NoSuchAlgorithmException e) {
                throw new MillraceException(
                        ErrorCode.INTERNAL, "no sha-256: install a whole jdk", e);
            }
        }
    };

    abstract long read(SourceRow row, String column) throws RejectedRow;
}
