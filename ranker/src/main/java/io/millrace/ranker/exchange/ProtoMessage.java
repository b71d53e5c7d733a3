package io.millrace.ranker.exchange;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;

import java.io.IOException;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/** Walks over the fields of protobuf messages by their numbers. */
final class ProtoMessage {
    private static final Pattern CONTROL =
            Pattern.compile("\\p{Cntrl}", Pattern.UNICODE_CHARACTER_CLASS);

    private ProtoMessage() {}

    /** Takes a field, or leaves it where it is. */
    interface FieldReader {
        /**
         * Reads a field's value.
         *
         * @return false when the field is not known and nothing was read.
         */
        boolean read(int field, CodedInputStream in) throws IOException;
    }

    /** All fields up to the end of the input or of the message that is being read. */
    static void readFields(CodedInputStream in, FieldReader reader) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!reader.read(WireFormat.getTagFieldNumber(tag), in)) {
                in.skipField(tag);
            }
        }
    }

    /** The fields of a message within a message. */
    static boolean readMessage(CodedInputStream in, FieldReader reader) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        readFields(in, reader);
        in.popLimit(outer);
        return true;
    }

    /** A text; control characters, which would break the lines of errors, become question marks. */
    static String readText(CodedInputStream in) throws IOException {
        return CONTROL.matcher(in.readString()).replaceAll("?");
    }

    /** A repeated whole number, packed or one of many. */
    static void readLongs(CodedInputStream in, LongConsumer taker) throws IOException {
        if (!isPacked(in)) {
            taker.accept(in.readInt64());
            return;
        }
        int outer = in.pushLimit(in.readRawVarint32());
        while (!in.isAtEnd()) {
            taker.accept(in.readInt64());
        }
        in.popLimit(outer);
    }

    /** Whether the field that was just begun holds many numbers behind their length. */
    static boolean isPacked(CodedInputStream in) {
        return WireFormat.getTagWireType(in.getLastTag()) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }
}
