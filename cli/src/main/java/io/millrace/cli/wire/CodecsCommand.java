package io.millrace.cli.wire;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.metrics.Figures;
import io.millrace.core.wire.WireLimits;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import uk.co.real_logic.sbe.ir.Ir;
import uk.co.real_logic.sbe.xml.IrGenerator;
import uk.co.real_logic.sbe.xml.ParserOptions;
import uk.co.real_logic.sbe.xml.XmlSchemaParser;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code millrace codecs}. */
@Command(
        name = "codecs",
        description = {
            "%nMakes sources that encode and decode the frames of a server, out of its own schema,"
                    + " for clients in other languages. docs/protocol.md describes the frames,"
                    + " docs/examples/ask.cpp is a client.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace codecs --language cpp --out codecs",
            "  millrace codecs --language go --namespace wire --out codecs"
        })
public final class CodecsCommand implements Runnable {
    private static final String SCHEMA = "millrace-wire.xml";
    private static final Pattern NAMESPACE = Pattern.compile("[a-z][a-z0-9_]{0,31}");

    @Mixin CommonOptions common;

    @Option(
            names = "--language",
            required = true,
            paramLabel = "LANGUAGE",
            description = "One of ${COMPLETION-CANDIDATES}.")
    private CodecLanguage language;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            defaultValue = "millrace",
            description = "Namespace, package or crate. Default: ${DEFAULT-VALUE}.")
    private String namespace;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder to make; must be missing or empty.")
    private Path out;

    /** Filled by picocli. */
    public CodecsCommand() {}

    @Override
    public void run() {
        common.validate();
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw MillraceException.usage(
                    "bad namespace: --namespace=%s; take up to 32 small letters, digits and"
                            + " underscores, a letter first",
                    namespace);
        }
        try (AtomicDirectory directory = AtomicDirectory.create(out, false)) {
            generate(directory.path());
            long files = files(directory.path());
            directory.commit();
            new TextTable()
                    .row("language", language.toString())
                    .row("files", String.valueOf(files))
                    .row("codecs", out.toString())
                    .print(common.out(), "");
            common.write(new Figures().put("language", language.toString()).put("files", files));
        }
    }

    private void generate(Path folder) {
        try (InputStream schema = WireLimits.class.getResourceAsStream(SCHEMA)) {
            if (schema == null) {
                throw new IOException("no such resource: " + SCHEMA);
            }
            ParserOptions options =
                    ParserOptions.builder().stopOnError(true).suppressOutput(true).build();
            Ir ir = new IrGenerator().generate(XmlSchemaParser.parse(schema, options), namespace);
            language.generator().newInstance(ir, folder.toString()).generate();
        } catch (IOException e) {
            throw MillraceException.io("write codecs", folder, e);
        } catch (Exception e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "cannot make codecs: language=" + language, e);
        }
    }

    private static long files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).count();
        } catch (IOException e) {
            throw MillraceException.io("list codecs", folder, e);
        }
    }
}
