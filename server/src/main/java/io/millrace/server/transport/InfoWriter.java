package io.millrace.server.transport;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.InfoResponseEncoder;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.server.funnel.Catalogue;

import org.agrona.MutableDirectBuffer;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes what is served as a frame.
 *
 * <p>Threading: one thread. Allocation: none when writing.
 */
final class InfoWriter {
    private final long fingerprint;
    private final long items;
    private final long users;
    private final int dimension;
    private final int maxK;
    private final long[] sampleUsers;
    private final long[] sampleItems;
    private final int[] contextCodes;
    private final byte[][] contextNames;
    private final byte[] version;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final InfoResponseEncoder info = new InfoResponseEncoder();

    InfoWriter(Catalogue catalogue, int maxK, String version) {
        this.fingerprint = catalogue.fingerprint();
        this.items = catalogue.items();
        this.users = catalogue.users();
        this.dimension = catalogue.dimension();
        this.maxK = maxK;
        this.sampleUsers = ids(catalogue.sampleUsers());
        this.sampleItems = ids(catalogue.sampleItems());
        List<Catalogue.ContextField> fields = catalogue.contextFields();
        this.contextCodes = fields.stream().mapToInt(Catalogue.ContextField::codes).toArray();
        this.contextNames =
                fields.stream()
                        .map(field -> field.name().getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
        this.version = version.getBytes(StandardCharsets.UTF_8);
    }

    private static long[] ids(List<Long> sample) {
        return sample.stream().limit(Catalogue.MAX_SAMPLES).mapToLong(Long::longValue).toArray();
    }

    /** Room that any answer fits in. */
    int maxFrameBytes() {
        int bytes = FrameLayout.BODY_OFFSET + InfoResponseEncoder.BLOCK_LENGTH;
        bytes += 3 * InfoResponseDecoder.SampleUsersDecoder.sbeHeaderSize();
        bytes += Long.BYTES * (sampleUsers.length + sampleItems.length);
        for (byte[] name : contextNames) {
            bytes += InfoResponseDecoder.ContextFieldsDecoder.sbeBlockLength();
            bytes += Integer.BYTES + name.length;
        }
        return bytes + Integer.BYTES + version.length;
    }

    /** Writes a frame at the buffer's begin and returns its bytes. */
    int write(long correlationId, int maxSamples, MutableDirectBuffer buffer) {
        info.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, header)
                .correlationId(correlationId)
                .fingerprint(fingerprint)
                .items(items)
                .users(users)
                .dimension(dimension)
                .maxK(maxK)
                .protocolVersion(FrameLayout.VERSION);
        int userCount = Math.min(maxSamples, sampleUsers.length);
        InfoResponseEncoder.SampleUsersEncoder userGroup = info.sampleUsersCount(userCount);
        for (int i = 0; i < userCount; i++) {
            userGroup.next().id(sampleUsers[i]);
        }
        int itemCount = Math.min(maxSamples, sampleItems.length);
        InfoResponseEncoder.SampleItemsEncoder itemGroup = info.sampleItemsCount(itemCount);
        for (int i = 0; i < itemCount; i++) {
            itemGroup.next().id(sampleItems[i]);
        }
        InfoResponseEncoder.ContextFieldsEncoder fields =
                info.contextFieldsCount(contextCodes.length);
        for (int i = 0; i < contextCodes.length; i++) {
            fields.next()
                    .codes(contextCodes[i])
                    .putName(contextNames[i], 0, contextNames[i].length);
        }
        info.putVersion(version, 0, version.length);
        return FrameLayout.finish(buffer, 0, info.encodedLength());
    }
}
