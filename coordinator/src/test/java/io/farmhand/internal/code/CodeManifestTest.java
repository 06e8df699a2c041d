package io.farmhand.internal.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which jars workers can run. */
class CodeManifestTest {
    @TempDir
    Path directory;

    private CodeManifest manifest(Jars jar) throws IOException {
        Path path = jar.to(directory.resolve("my.jar"));
        JarContents contents = Objects.requireNonNull(JarScanner.scan(path));
        return new CodeManifest(List.of(new CodeEntry("my.jar", contents.sha256(), contents.sizeBytes(), path,
                contents.versions())));
    }

    @Test
    void runsOnTheJavaItIsForAndOnNewerOnes() throws Exception {
        CodeManifest manifest = manifest(Jars.jar().withClass("A.class", 8).withClass("com/acme/B.class", 25));
        manifest.checkRunsOn(25);
        manifest.checkRunsOn(26);
        assertThatThrownBy(() -> manifest.checkRunsOn(24)).isInstanceOf(NewerJavaException.class).hasMessage(
                "The workers cannot run my.jar: class=com.acme.B was compiled for java=25, and the workers have java=24."
                        + " Compile it with --release 24, or run the workers on Java 25.");
    }

    @Test
    void tellsTheJavasThatRunAllOfIt() throws Exception {
        assertThat(manifest(Jars.jar().with("a.txt", "a")).javas()).isEqualTo(new JavaRange(0, 0));
        JavaRange javas = manifest(Jars.jar().withClass("A.class", 8).withClass("B.class", 26)).javas();
        assertThat(javas).isEqualTo(new JavaRange(26, 0)).hasToString("java=26 or later");
        assertThat(javas.has(25)).isFalse();
        assertThat(javas.has(27)).isTrue();
        Jars versions = Jars.jar().withClass("A.class", 17).withClass("META-INF/versions/26/A.class", 26)
                .withManifest("Multi-Release: true");
        assertThat(manifest(versions).javas()).isEqualTo(new JavaRange(17, 0));
        JavaRange preview = manifest(Jars.jar().withClass("A.class", 17).withPreviewClass("B.class", 25)).javas();
        assertThat(preview).isEqualTo(new JavaRange(25, 25));
        assertThat(preview.has(26)).isFalse();
        assertThat(preview.has(25)).isTrue();
        assertThat(preview.has(24)).isFalse();
    }

    @Test
    void newerClassesOfAMultiReleaseJarAreForNewerJavas() throws Exception {
        Jars jar = Jars.jar().withClass("A.class", 17).withClass("META-INF/versions/26/A.class", 26)
                .withClass("META-INF/versions/21/A.class", 21).withManifest("Multi-Release: true");
        CodeManifest manifest = manifest(jar);
        manifest.checkRunsOn(25);
        manifest.checkRunsOn(26);
        manifest.checkRunsOn(20);
        assertThatThrownBy(() -> manifest.checkRunsOn(16)).message().contains("class=A ", "java=17");
    }

    @Test
    void whatIsInUseFromAnOlderJavaOnMustRunThere() throws Exception {
        CodeManifest manifest = manifest(Jars.jar().withClass("A.class", 17)
                .withClass("META-INF/versions/21/com/acme/A.class", 26).withManifest("Multi-Release: true"));
        manifest.checkRunsOn(20);
        assertThatThrownBy(() -> manifest.checkRunsOn(25)).message().contains("class=com.acme.A ", "java=26");
    }

    @Test
    void versionsMeanNothingWhereTheManifestDoesNotSaySo() throws Exception {
        CodeManifest manifest = manifest(Jars.jar().withClass("A.class", 17)
                .withClass("META-INF/versions/9/B.class", 26).withManifest("Created-By: me"));
        assertThatCode(() -> manifest.checkRunsOn(17)).doesNotThrowAnyException();
    }

    @Test
    void descriptorsOfModulesDoNotCount() throws Exception {
        manifest(Jars.jar().withClass("A.class", 17).withClass("module-info.class", 26)
                .withClass("META-INF/versions/9/module-info.class", 26).withManifest("Multi-Release: true"))
                .checkRunsOn(17);
    }

    @Test
    void previewFeaturesAreThoseOfOneJava() throws Exception {
        CodeManifest manifest = manifest(Jars.jar().withPreviewClass("A.class", 25));
        manifest.checkRunsOn(25);
        assertThatThrownBy(() -> manifest.checkRunsOn(26)).isInstanceOf(NewerJavaException.class).message()
                .contains("my.jar", "class=A ", "preview", "java=26");
    }

    @Test
    void whatIsCalledAClassAndIsNoneDoesNotCount() throws Exception {
        CodeManifest manifest = manifest(Jars.jar().with("A.class", "short").with("B.class", "not a class at all"));
        manifest.checkRunsOn(8);
        assertThat(manifest.entries().getFirst().versions()).isEmpty();
    }
}
