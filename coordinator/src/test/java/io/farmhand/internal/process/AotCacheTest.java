package io.farmhand.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which cache is used, and when none. */
class AotCacheTest {
    @TempDir
    Path directory;

    private Path caches;
    private Path jar;

    @BeforeEach
    void makeAJar() throws IOException {
        caches = directory.resolve("caches");
        jar = Files.writeString(directory.resolve("farmhand-coordinator-1.jar"), "jar");
        System.setProperty(AotCache.PROPERTY, caches.toString());
    }

    @AfterEach
    void restore() {
        System.clearProperty(AotCache.PROPERTY);
    }

    private AotCache cache(String... jvmArgs) {
        return AotCache.of(new FarmClassPath(List.of(jar), List.of()), List.of(jvmArgs), Map.of());
    }

    private Path put(AotCache cache, String content) throws IOException {
        Files.createDirectories(caches);
        Path file = Files.writeString(caches.resolve(cache.key() + "-4.aot"), content);
        Files.setPosixFilePermissions(caches, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void namesACacheOnlyWhereThereIsOne() throws Exception {
        assertThat(cache().options()).isEmpty();
        Path file = put(cache(), "made");
        assertThat(cache().options()).contains("-XX:AOTCache=" + file);
        System.setProperty(AotCache.PROPERTY, "off");
        assertThat(cache().options()).isEmpty();
    }

    @Test
    void passesOverWhatWasCutOff() throws Exception {
        put(cache(), "mad");
        assertThat(cache().options()).isEmpty();
    }

    @Test
    void passesOverWhatOthersCouldHaveWritten() throws Exception {
        Path file = put(cache(), "made");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(cache().options()).isEmpty();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(caches, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(cache().options()).isEmpty();
    }

    @Test
    void passesOverALinkToElsewhere() throws Exception {
        Path file = put(cache(), "made");
        Path elsewhere = Files.move(file, directory.resolve("elsewhere"));
        Files.createSymbolicLink(file, elsewhere);
        assertThat(cache().options()).isEmpty();
    }

    @Test
    void knowsAChangedJarForAnother() throws Exception {
        put(cache(), "made");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1));
        assertThat(cache().options()).isEmpty();
    }

    @Test
    void sharesOneAmongJvmsThatDifferInNothingItDependsOn() {
        assertThat(cache("-Da=b", "-Xmx1g", "-XX:MaxRAMPercentage=20.0").key()).isEqualTo(cache().key());
        assertThat(cache("-XX:+UseZGC").key()).isNotEqualTo(cache().key());
        assertThat(cache("-Xmx40g").key()).isNotEqualTo(cache().key());
    }

    @Test
    void leavesItToTheUserWhoHasOneOfHisOwnOrAnAgent() throws Exception {
        for (String option : List.of("-XX:AOTCache=mine", "-XX:SharedArchiveFile=mine", "-Xshare:off",
                "-javaagent:mine.jar")) {
            put(cache(option), "made");
            assertThat(cache(option).options()).as(option).isEmpty();
        }
    }

    @Test
    void isUsedNoMoreOnceAWorkerHasCrashedWithIt() throws Exception {
        AotCache cache = cache();
        Path file = put(cache, "made");
        cache.distrust();
        assertThat(file).doesNotExist();
        put(cache, "made");
        assertThat(cache.options()).isEmpty();
    }

    @Test
    void putsTheFarmsJarsFirst() throws Exception {
        Path mine = directory.resolve("mine.jar");
        Path library = Files.writeString(directory.resolve("netty-common-4.2.jar"), "jar");
        assertThat(FarmClassPath.of(List.of(mine, jar, directory, library), jar).entries())
                .containsExactly(jar, library, mine, directory);
    }

    @Test
    void knowsTheFarmsJarByAnyOfItsNames() throws Exception {
        Path app = Files.createSymbolicLink(directory.resolve("app.jar"), jar);
        assertThat(FarmClassPath.of(List.of(directory, app), jar).farm()).containsExactly(app);
    }

    @Test
    void leavesAClassPathWithTheFarmInADirectoryAsItIs() {
        FarmClassPath classPath = FarmClassPath.of(List.of(jar, directory), directory);
        assertThat(classPath.farm()).isEmpty();
        assertThat(classPath.entries()).containsExactly(jar, directory);
    }

    @Test
    void readsTheHeapsLimitAsTheJvmDoes() {
        assertThat(HeapLimit.of(List.of("-Xmx2g", "-Xmx512m"))).isEqualTo(512L << 20);
        assertThat(HeapLimit.of(List.of("-Xmx40G"))).isEqualTo(40L << 30);
        assertThat(HeapLimit.of(List.of("-Xmx123"))).isEqualTo(123);
        assertThat(HeapLimit.of(List.of("-Xmxnonsense"))).isZero();
    }
}
