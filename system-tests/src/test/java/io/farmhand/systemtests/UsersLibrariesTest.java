package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.Pool;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Users' jars that bring the libraries which {@code coordinator.jar} is made with, in versions of their own or what has only
 * their names: each side gets its own.
 */
@FarmTest(seconds = 120)
class UsersLibrariesTest {
    /** Real ones, from long ago; system-tests/pom.xml has their versions. */
    private static final Path OLD = CommandLineTest.ROOT.resolve("system-tests/target/old-libraries");
    private static final String CLASSES = CommandLineTest.ROOT.resolve("system-tests/target/test-classes").toString();

    /** What was removed since, or changed its signature, so that it does not link with our versions. */
    private static final String OF_OLD = """
            import com.google.common.base.Objects;
            import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
            import io.netty.buffer.Unpooled;
            import io.netty.channel.nio.NioEventLoopGroup;
            import java.nio.charset.StandardCharsets;

            public class Old {
                public static String line(String text) throws Exception {
                    String guava = Objects.toStringHelper("Old").add("line", text).toString();
                    byte[] bytes = FileDescriptorProto.newBuilder().setName(text).build().toByteArray();
                    String protobuf = FileDescriptorProto.PARSER.parseFrom(bytes).getName();
                    String netty = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8).toString(StandardCharsets.UTF_8);
                    NioEventLoopGroup loop = new NioEventLoopGroup(1);
                    netty += loop.submit(() -> "!").get();
                    loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS).sync();
                    String grpc = io.grpc.Status.ABORTED.withDescription(text).getDescription();
                    return guava + " " + protobuf + " " + netty + " " + grpc;
                }
            }
            """;

    private static final String[] OTHER_SHAPES = {"Hostile.java", """
            import com.google.common.collect.ImmutableList;

            public class Hostile {
                public static String line(String text) {
                    return new ImmutableList() {}.name() + " " + new com.google.protobuf.Message("p").name + " "
                            + io.netty.channel.Channel.NIO + " " + io.grpc.ManagedChannel.name() + " "
                            + new com.google.gson.Gson().toJson(text) + " " + new picocli.CommandLine(text).line();
                }
            }
            """, "com/google/common/collect/ImmutableList.java", """
            package com.google.common.collect;
            public interface ImmutableList { default String name() { return "guava"; } }
            """, "com/google/protobuf/Message.java", """
            package com.google.protobuf;
            public final class Message { public final String name; public Message(String name) { this.name = name; } }
            """, "com/google/protobuf/MessageLite.java", """
            package com.google.protobuf;
            public enum MessageLite { ONE }
            """, "io/netty/channel/Channel.java", """
            package io.netty.channel;
            public enum Channel { NIO }
            """, "io/grpc/ManagedChannel.java", """
            package io.grpc;
            public interface ManagedChannel { static String name() { return "grpc"; } }
            """, "com/google/gson/Gson.java", """
            package com.google.gson;
            public class Gson { public String toJson(Object o) { return "<" + o + ">"; } }
            """, "picocli/CommandLine.java", """
            package picocli;
            public record CommandLine(String line) {}
            """};

    @TempDir
    Path directory;

    private List<Path> oldLibraries() throws IOException {
        try (Stream<Path> files = Files.list(OLD)) {
            List<Path> jars = files.sorted().toList();
            assertThat(jars).hasSize(4);
            List<Path> all = new ArrayList<>(
                    List.of(UserJar.make(directory, "old.jar", jars, "Old.java", OF_OLD)));
            all.addAll(jars);
            return all;
        }
    }

    private List<Path> otherShapes() throws IOException {
        return List.of(UserJar.make(directory, "hostile.jar", List.of(), OTHER_SHAPES));
    }

    private static String path(List<Path> entries) {
        return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    // ---- farm map ----

    private void assertMaps(List<Path> jars, String method, String... results) throws Exception {
        Path errors = directory.resolve("errors.txt");
        Process process = new ProcessBuilder(CommandLineTest.JAVA, "-jar", CommandLineTest.JAR,
                "map", "-j", "2", "--jar", path(jars), method, "a", "b").redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        assertThat(output.lines()).containsExactly(results);
        assertThat(errors).hasContent("");
    }

    @Test
    void oldVersionsRunInWorkers() throws Exception {
        assertMaps(oldLibraries(), "Old::line", "Old{line=a} a a! a", "Old{line=b} b b! b");
    }

    @Test
    void classesOfTheSameNamesAndOtherShapesRunInWorkers() throws Exception {
        assertMaps(otherShapes(), "Hostile::line", "guava p NIO grpc <a> a", "guava p NIO grpc <b> b");
    }

    // ---- a cluster ----

    /** A program of a user's, with the jar and the libraries of its own on its class path. */
    static final class Client {
        private Client() {}

        public static void main(String[] arguments) throws Exception {
            String className = arguments[1];
            try (Pool pool = Pool.connect(arguments[0])) {
                pool.map((String text) -> (String) Class.forName(className).getMethod("line", String.class)
                        .invoke(null, text), List.of("a", "b")).forEach(System.out::println);
            }
        }
    }

    private ProcessBuilder java(List<Path> jars, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(CommandLineTest.JAVA,
                "-Dfarmhand.jars=" + directory.resolve("jars"), "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-cp",
                Stream.of(CommandLineTest.JAR, path(jars), CLASSES).filter(entry -> !entry.isEmpty())
                        .collect(Collectors.joining(File.pathSeparator)),
                main.getName()));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command).redirectError(directory.resolve(main.getSimpleName() + ".txt").toFile());
    }

    private void assertMapsInACluster(List<Path> jars, String className, String... results) throws Exception {
        try (FarmProcess certs = FarmProcess.start(directory, "certs")) {
            assertThat(certs.awaitEnd()).as(certs.errors()).isZero();
        }
        try (FarmProcess coordinator = FarmProcess.start(directory, "coordinator", "--listen", "127.0.0.1:0")) {
            String farm = "127.0.0.1:" + coordinator.awaitErrors("The coordinator listens: .*:(\\d+)] tls=true");
            try (FarmProcess worker = FarmProcess.start(directory, "worker", "--join", farm, "-j", "2")) {
                worker.awaitErrors("Joined the farm");
                assertMapsIn("farm://" + farm + "?certs=" + directory.resolve("certs"), jars, className, results);
            }
        }
    }

    private void assertMapsIn(String farm, List<Path> jars, String className, String... results) throws Exception {
        Process client = java(jars, Client.class, farm, className).start();
        client.getOutputStream().close();
        String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(client.waitFor()).as(Files.readString(directory.resolve("Client.txt"))).isZero();
        assertThat(output.lines()).containsExactly(results);
    }

    @Test
    void oldVersionsTravelToWorkersElsewhere() throws Exception {
        assertMapsInACluster(oldLibraries(), "Old", "Old{line=a} a a! a", "Old{line=b} b b! b");
    }

    @Test
    void classesOfTheSameNamesAndOtherShapesTravelToWorkersElsewhere() throws Exception {
        assertMapsInACluster(otherShapes(), "Hostile", "guava p NIO grpc <a> a", "guava p NIO grpc <b> b");
    }
}
