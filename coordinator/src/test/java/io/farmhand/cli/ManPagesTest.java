package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * The sources of the manual pages, docs/man, say what picocli knows of the commands. This test writes what they should
 * be; the build makes roff of those that are there.
 */
class ManPagesTest {
    private static final Path KEPT = Path.of("../docs/man");
    private static final Path WRITTEN = Path.of("target/generated-docs");
    private static final String LITERAL = "....";
    private static final String INDENT = "  ";

    @BeforeAll
    static void write() throws IOException {
        CommandSpec farm = FarmCommand.commandLine(new TestConsole().console(), "").getCommandSpec();
        prepare(farm);
        farm.subcommands().values().forEach(command -> prepare(command.getCommandSpec()));
        assertThat(ManPageGenerator.generateManPage(WRITTEN.toFile(), null, new boolean[0], false, farm)).isZero();
        for (Path page : pages(WRITTEN)) {
            // The headings of groups of options are those of the help; a long synopsis is broken within a name; and
            // after a bracket one underscore ends nothing.
            Files.writeString(page, Files.readString(page).replaceAll("(?m)^==  (.*):$", "=== $1")
                    .replaceAll("_CLASS::_\\s+_\\s+METHOD_", "_CLASS::METHOD_")
                    .replaceAll("_(\\w+\\[:[\\w.]+])_", "__$1__"));
        }
    }

    @Test
    void areWhatTheCommandsSayOfThemselves() throws IOException {
        TreeMap<String, String> kept = new TreeMap<>();
        for (Path page : pages(KEPT)) {
            kept.put(page.getFileName().toString(), Files.readString(page));
        }
        for (Path page : pages(WRITTEN)) {
            assertThat(kept.remove(page.getFileName().toString()))
                    .as("%s; if the command is right: cp coordinator/target/generated-docs/*.adoc docs/man/", page)
                    .isEqualTo(Files.readString(page));
        }
        assertThat(kept.keySet()).as("pages without a command").isEmpty();
    }

    private static List<Path> pages(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".adoc")).sorted().toList();
        }
    }

    /** Takes out what changes with the machine, and makes AsciiDoc of the text that follows the options in the help. */
    private static void prepare(CommandSpec command) {
        command.versionProvider(null).version("farm");
        String footer = String.join("\n", command.usageMessage().footer()).strip();
        if (footer.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        for (String paragraph : footer.split("\n\n", -1)) {
            List<String> given = paragraph.lines().toList();
            // Lines of text, or one such as "Examples:" that is a heading; then indented lines, or none.
            List<String> text = given.stream().takeWhile(line -> !line.startsWith(INDENT)).toList();
            String joined = String.join(" ", text);
            boolean heading = text.size() == 1 && joined.endsWith(":");
            lines.addAll(List.of(heading ? "== " + joined.substring(0, joined.length() - 1) : joined, ""));
            if (text.size() < given.size()) {
                lines.add(LITERAL);
                given.stream().skip(text.size()).map(line -> line.substring(INDENT.length())).forEach(lines::add);
                lines.addAll(List.of(LITERAL, ""));
            }
        }
        String first = lines.getFirst();
        boolean headed = first.startsWith("== ");
        command.usageMessage().footerHeading(headed ? first.substring("== ".length()) : "Notes")
                .footer(lines.subList(headed ? 1 : 0, lines.size()).toArray(String[]::new));
    }
}
