package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What is in {@code coordinator.jar}: nothing that could be taken for a user's own. */
class JarContentTest {
    private static final String SERVICES = "META-INF/services/";

    private interface Check {
        void of(JarFile jar) throws IOException;
    }

    private static void look(Check check) throws IOException {
        try (JarFile jar = new JarFile(CommandLineTest.JAR)) {
            check.of(jar);
        }
    }

    private static List<String> files(JarFile jar) {
        return jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
    }

    @Test
    void allClassesAreInPackagesOfTheFarm() throws Exception {
        look(jar -> {
            assertThat(files(jar)).filteredOn(name -> !name.startsWith("META-INF/"))
                    .allMatch(name -> name.startsWith("io/farmhand/"));
            assertThat(files(jar)).noneMatch(name -> name.startsWith("META-INF/") && name.endsWith(".class"));
        });
    }

    @Test
    void servicesHaveTheNamesOfItsOwnClasses() throws Exception {
        look(jar -> {
            List<String> files = files(jar);
            List<String> services = files.stream().filter(name -> name.startsWith(SERVICES)).toList();
            assertThat(services).contains(SERVICES + "io.farmhand.internal.grpc.ManagedChannelProvider")
                    .allMatch(name -> name.startsWith(SERVICES + "io.farmhand."));
            for (String service : services) {
                String providers = new String(jar.getInputStream(jar.getEntry(service)).readAllBytes(),
                        StandardCharsets.UTF_8);
                assertThat(providers.lines()).as(service).isNotEmpty()
                        .allMatch(name -> files.contains(name.replace('.', '/') + ".class"));
            }
        });
    }

    /** DFLib is in methods of ours; what else is in {@code dataframe.jar} could be taken for a user's own, too. */
    @Test
    void theJarOfDataFramesHasNamesOfItsOwnButForDflib() throws Exception {
        try (JarFile jar = new JarFile(CommandLineTest.ROOT.resolve("dataframe/target/dataframe.jar").toFile())) {
            List<String> classes = files(jar).stream().filter(name -> name.endsWith(".class")).map(
                    name -> name.replaceFirst("^META-INF/versions/\\d+/", "")).toList();
            assertThat(classes).contains("org/dflib/DataFrame.class", "io/farmhand/frames/Frames.class",
                    "io/farmhand/internal/fastcsv/reader/CsvReader.class")
                    .allMatch(name -> name.startsWith("io/farmhand/") || name.startsWith("org/dflib/"))
                    .doesNotContain("io/farmhand/Pool.class");
        }
    }

    @Test
    void whatElseIsInItIsWrittenDown() throws Exception {
        look(jar -> assertThat(files(jar)).filteredOn(name -> name.startsWith("META-INF/"))
                .filteredOn(name -> !name.startsWith(SERVICES))
                .containsExactlyInAnyOrder("META-INF/MANIFEST.MF", "META-INF/LICENSE", "META-INF/THIRD-PARTY.txt"));
    }
}
