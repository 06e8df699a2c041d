package io.farmhand.internal.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.process.JavaCommand;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TimeZone;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What travels of a class path. */
class CodePackerTest {
    private static final String MARKER = ContentNotes.MARKERS.getFirst();

    @TempDir
    Path directory;

    private CodePacker packer;

    @BeforeEach
    void openStore() throws IOException {
        packer = new CodePacker(JarStore.open(directory.resolve("store"), 10 << 20));
    }

    private List<CodeEntry> pack(Path... classPath) throws IOException {
        try (PackedCode code = packer.pack(List.of(classPath))) {
            return code.manifest().entries();
        }
    }

    private static Jars acme() {
        return Jars.jar().withClass("com/acme/B.class", 25).withClass("com/acme/A.class", 21)
                .with("com/acme/data.txt", "data").with("META-INF/services/com.acme.Service", "com.acme.A");
    }

    // ---- order, references ----

    @Test
    void jarsTravelAsTheyAreInTheirOrder() throws Exception {
        Path b = acme().to(directory.resolve("b.jar"));
        Path a = Jars.jar().withClass("A.class", 25).to(directory.resolve("a.jar"));
        List<CodeEntry> entries = pack(b, a);
        assertThat(entries).extracting(CodeEntry::name).containsExactly("b.jar", "a.jar");
        assertThat(entries).extracting(CodeEntry::path).containsExactly(b, a);
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.sha256()).isEqualTo(Hashes.of(entry.path()));
            assertThat(entry.sizeBytes()).isEqualTo(Files.size(entry.path()));
        });
    }

    @Test
    void passesOverWhatIsNotThereOrIsNoJar() throws Exception {
        Path a = acme().to(directory.resolve("a.jar"));
        Path text = Files.writeString(directory.resolve("notes.txt"), "not a jar");
        Path nothing = Files.createFile(directory.resolve("empty.jar"));
        Path cut = directory.resolve("cut.jar");
        byte[] whole = Files.readAllBytes(a);
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        assertThat(pack(directory.resolve("missing.jar"), directory.resolve("missing"), text, nothing, cut, a))
                .extracting(CodeEntry::name).containsExactly("a.jar");
    }

    @Test
    void followsClassPathsOfManifestsBehindTheirJar() throws Exception {
        Path lib = directory.resolve("lib dir");
        Jars.jar().withClass("C.class", 25).to(lib.resolve("c.jar"));
        Jars.jar().withClass("D.class", 25).withManifest("Class-Path: a.jar").to(lib.resolve("d.jar"));
        Jars.jar().withClass("E.class", 25).toDirectory(lib.resolve("classes"));
        Path a = Jars.jar().withClass("A.class", 25)
                .withManifest(
                        "Class-Path: lib%20dir/d.jar missing.jar http://x/y.jar lib%20dir/classes/ lib%20dir/classes"
                                + "\n  c:nonsense")
                .to(directory.resolve("a.jar"));
        Path b = Jars.jar().withClass("B.class", 25)
                .withManifest("Class-Path: " + lib.resolve("c.jar").toUri() + " a.jar")
                .to(directory.resolve("b.jar"));
        assertThat(pack(a, b)).extracting(CodeEntry::name)
                .containsExactly("a.jar", "d.jar", "classes.jar", "b.jar", "c.jar");
    }

    @Test
    void aJarThatOnlyRefersToOthersStays() throws Exception {
        acme().to(directory.resolve("real.jar"));
        Path booter = Jars.jar().withManifest("Class-Path: real.jar").to(directory.resolve("booter.jar"));
        assertThat(pack(booter)).extracting(CodeEntry::name).containsExactly("real.jar");
    }

    @Test
    void theSameTwiceTravelsOnce() throws Exception {
        Path a = acme().to(directory.resolve("a.jar"));
        Path copy = Files.copy(a, directory.resolve("copy.jar"));
        assertThat(pack(a, copy, a)).extracting(CodeEntry::name).containsExactly("a.jar");
    }

    @Test
    void aJarThatIsWrittenAnewHasAnotherHash() throws Exception {
        Path a = acme().to(directory.resolve("a.jar"));
        Files.setLastModifiedTime(a, FileTime.from(Instant.now().minusSeconds(3600)));
        CodeEntry before = pack(a).getFirst();
        assertThat(pack(a).getFirst()).isEqualTo(before);
        acme().withClass("com/acme/C.class", 26).to(a);
        CodeEntry after = pack(a).getFirst();
        assertThat(after.sha256()).isNotEqualTo(before.sha256()).isEqualTo(Hashes.of(a));
        assertThat(after.versions()).extracting(ClassVersion::java).contains(26);
    }

    // ---- directories ----

    @Test
    void directoriesOfTheSameContentAreTheSameJar() throws Exception {
        Path one = acme().toDirectory(directory.resolve("one/classes"));
        Files.createDirectories(one.resolve("empty/inner"));
        TimeZone before = TimeZone.getDefault();
        Path other = directory.resolve("other/classes");
        CodeEntry first;
        CodeEntry second;
        try {
            first = pack(one).getFirst();
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
            // Backwards, and long ago.
            Files.createDirectories(other.resolve("empty/inner"));
            List<Path> files = new ArrayList<>();
            try (var walk = Files.walk(one)) {
                walk.filter(Files::isRegularFile).forEach(files::add);
            }
            Collections.sort(files, Collections.reverseOrder());
            for (Path file : files) {
                Path copy = other.resolve(one.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
                Files.setLastModifiedTime(copy, FileTime.from(Instant.EPOCH));
            }
            second = new CodePacker(JarStore.open(directory.resolve("other store"), 1 << 20)).pack(List.of(other))
                    .manifest().entries().getFirst();
        } finally {
            TimeZone.setDefault(before);
        }
        assertThat(second.sha256()).isEqualTo(first.sha256());
        assertThat(Files.readAllBytes(second.path())).isEqualTo(Files.readAllBytes(first.path()));
        assertThat(first.name()).isEqualTo("classes.jar");
        assertThat(first.versions()).extracting(ClassVersion::java).containsExactlyInAnyOrder(21, 25);
    }

    /** Holds for all JVMs and machines: change it only with the way in which directories are packed. */
    @Test
    void theJarIsTheSameForEver() throws Exception {
        Path classes = Jars.jar().with("a/b.txt", "b").with("a.txt", "a").toDirectory(directory.resolve("classes"));
        assertThat(pack(classes).getFirst().sha256())
                .isEqualTo("a084546e3d7140b97b1c134e252120fe5350e802bd012e82fe4f55bead9e47aa");
    }

    @Test
    void aPackedDirectoryIsAsGoodAsTheDirectory() throws Exception {
        Path classes = acme().toDirectory(directory.resolve("classes"));
        Files.createDirectories(classes.resolve("empty"));
        CodeEntry entry = pack(classes).getFirst();
        try (URLClassLoader loader = new URLClassLoader(new URL[]{entry.path().toUri().toURL()}, null)) {
            for (String name : List.of("com/acme/A.class", "com/acme/data.txt", "META-INF/services/com.acme.Service")) {
                try (var in = Objects.requireNonNull(loader.getResourceAsStream(name))) {
                    assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(classes.resolve(name)));
                }
            }
            assertThat(loader.getResource("com/acme/")).as("packages, for who scans them").isNotNull();
            assertThat(loader.getResource("empty/")).isNotNull();
        }
        assertThat(entry.sizeBytes()).isEqualTo(Files.size(entry.path()));
    }

    @Test
    void aChangedDirectoryIsAnotherJarAndAnUnchangedOneIsNotWrittenAgain() throws Exception {
        Path classes = acme().toDirectory(directory.resolve("classes"));
        CodeEntry before = pack(classes).getFirst();
        FileTime written = Files.getLastModifiedTime(before.path());
        CodeEntry same = pack(classes).getFirst();
        assertThat(same).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(same.path())).isEqualTo(written);
        Files.writeString(classes.resolve("com/acme/data.txt"), "DATA");
        assertThat(pack(classes).getFirst().sha256()).isNotEqualTo(before.sha256());
    }

    @Test
    void whatIsPackedIsInUseUntilThePoolIsClosed() throws Exception {
        Path classes = Jars.jar().with("a.txt", "a".repeat(1000)).toDirectory(directory.resolve("classes"));
        JarStore small = JarStore.open(directory.resolve("small"), 2_000);
        PackedCode code = new CodePacker(small).pack(List.of(classes));
        Path packed = code.manifest().entries().getFirst().path();
        Path more = Jars.jar().with("b.txt", "b".repeat(1000)).toDirectory(directory.resolve("more"));
        assertThatThrownBy(() -> new CodePacker(small).pack(List.of(more))).isInstanceOf(IOException.class)
                .message().contains("no room", "more.jar", "maxBytes=2000");
        assertThat(packed).exists();
        code.close();
        new CodePacker(small).pack(List.of(more)).close();
        assertThat(packed).doesNotExist();
    }

    @Test
    void signaturesOfAnUnpackedJarStayBehind() throws Exception {
        Path plain = acme().toDirectory(directory.resolve("plain"));
        Path signed = acme().with("META-INF/ACME.SF", "x").with("META-INF/acme.rsa", "x").with("META-INF/SIG-1", "x")
                .toDirectory(directory.resolve("signed"));
        assertThat(pack(signed).getFirst().sha256()).isEqualTo(pack(plain).getFirst().sha256());
    }

    @Test
    void linksAreFollowedButNotInCircles() throws Exception {
        Path classes = acme().toDirectory(directory.resolve("classes"));
        Path linked = Files.createDirectories(directory.resolve("linked"));
        Files.createSymbolicLink(linked.resolve("com"), classes.resolve("com"));
        Files.createSymbolicLink(linked.resolve("META-INF"), classes.resolve("META-INF"));
        assertThat(pack(linked).getFirst().sha256()).isEqualTo(pack(classes).getFirst().sha256());
        Files.createSymbolicLink(classes.resolve("com/again"), classes);
        assertThatThrownBy(() -> pack(classes)).isInstanceOf(IOException.class).message().contains("again");
    }

    @Test
    void anEmptyDirectoryStays() throws Exception {
        assertThat(pack(Files.createDirectories(directory.resolve("none/inner")))).isEmpty();
    }

    // ---- whose they are ----

    @Test
    void theFarmsOwnStay() throws Exception {
        Path farm = Jars.jar().withClass(MARKER, 25).withClass("io/farmhand/internal/proto/Chunk.class", 25)
                .to(directory.resolve("whatever.jar"));
        Path whole = Jars.jar().withClass(MARKER, 25).withClass("io/grpc/Channel.class", 8)
                .withClass("META-INF/versions/9/io/netty/A.class", 9).withManifest("Multi-Release: true")
                .to(directory.resolve("coordinator.jar"));
        Path user = acme().to(directory.resolve("acme.jar"));
        assertThat(pack(farm, user)).extracting(CodeEntry::name).containsExactly("acme.jar");
        assertThat(pack(whole, user)).extracting(CodeEntry::name).containsExactly("acme.jar");
    }

    /** In it the libraries have names of the farm's: what users name so is theirs. */
    @Test
    void coordinatorJarStaysAndWhatUsersHaveOfItsLibrariesTravels() throws Exception {
        Path whole = Jars.jar().withClass(MARKER, 25).withClass("io/farmhand/internal/netty/channel/Channel.class", 8)
                .to(directory.resolve("target/coordinator.jar"));
        Path netty = Jars.jar().withClass("io/netty/channel/Channel.class", 8).to(directory.resolve("netty-4.jar"));
        assertThat(pack(whole, netty)).extracting(CodeEntry::name).containsExactly("netty-4.jar");
    }

    @Test
    void aUsersJarThatTheFarmWasPackedIntoTravels() throws Exception {
        Path uber = acme().withClass(MARKER, 25).withClass("io/grpc/Channel.class", 8)
                .to(directory.resolve("uber.jar"));
        assertThat(pack(uber)).extracting(CodeEntry::name).containsExactly("uber.jar");
    }

    @Test
    void whatIsCalledAsTheFarmButIsNoneOfItsModulesTravels() throws Exception {
        Path examples = Jars.jar().withClass("io/farmhand/examples/Demo.class", 25)
                .to(directory.resolve("farmhand-examples-1.jar"));
        assertThat(pack(examples)).hasSize(1);
    }

    @Test
    void librariesOfTheFarmTravelForAProgramThatMayUseThemItself() throws Exception {
        Path farm = Jars.jar().withClass(MARKER, 25).to(directory.resolve("repository/farmhand-proto-1.jar"));
        Path whole = Jars.jar().withClass(MARKER, 25).withClass("io/grpc/Channel.class", 8)
                .to(directory.resolve("target/coordinator.jar"));
        Path guava = Jars.jar().withClass("com/google/common/base/Joiner.class", 8)
                .to(directory.resolve("guava-20.jar"));
        assertThat(pack(farm, guava)).extracting(CodeEntry::name).containsExactly("guava-20.jar");
        assertThat(pack(guava, whole)).extracting(CodeEntry::name).containsExactly("guava-20.jar");
    }

    @Test
    void inADevelopmentTreeTheyStay() throws Exception {
        Path classes = Jars.jar().withClass(MARKER, 25).toDirectory(directory.resolve("proto/target/classes"));
        Path jar = Jars.jar().withClass(MARKER, 25).to(directory.resolve("proto/target/farmhand-proto-1.jar"));
        Path grpc = Jars.jar().withClass("io/grpc/Channel.class", 8).to(directory.resolve("grpc-api.jar"));
        assertThat(pack(classes, grpc)).isEmpty();
        assertThat(pack(grpc, jar)).isEmpty();
    }

    @Test
    void ofThisVeryClassPathNeitherTheFarmNorItsLibrariesTravel() throws Exception {
        List<CodeEntry> entries = new CodePacker(JarStore.open(directory.resolve("large"), 1L << 30))
                .pack(JavaCommand.ownClassPath()).manifest().entries();
        assertThat(entries).extracting(CodeEntry::name).contains("test-classes.jar")
                .anyMatch(name -> name.startsWith("assertj-core"))
                .noneMatch(name -> name.matches("(classes|farmhand.*|grpc.*|netty.*|protobuf.*|guava.*)\\.jar"));
    }
}
