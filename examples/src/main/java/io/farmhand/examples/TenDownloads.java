package io.farmhand.examples;

import com.sun.net.httpserver.HttpServer;
import io.farmhand.JvmProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** How do I download ten files with a process for each? The server is this example's own. */
public final class TenDownloads {
    private static final int FILES = 10;

    private TenDownloads() {}

    /** Downloads ten files at once and compares them with what was served. */
    public static void main(String[] args) throws Exception {
        HttpServer server = serve();
        Path directory = Files.createTempDirectory("ten-downloads");
        try {
            String address = "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort()
                    + "/";
            List<JvmProcess> processes = new ArrayList<>();
            for (int i = 0; i < FILES; i++) {
                String url = address + i;
                String file = directory.resolve(Integer.toString(i)).toString();
                processes.add(JvmProcess.builder(() -> download(url, file)).name("download-" + i).start());
            }
            for (JvmProcess process : processes) {
                process.join();
            }
            System.out.println("processes that went well: "
                    + processes.stream().filter(process -> process.exitCode().getAsInt() == 0).count());
            long bytes = 0;
            int same = 0;
            for (int i = 0; i < FILES; i++) {
                byte[] downloaded = Files.readAllBytes(directory.resolve(Integer.toString(i)));
                bytes += downloaded.length;
                same += digest(downloaded).equals(digest(content(i))) ? 1 : 0;
            }
            System.out.println("bytes: " + bytes);
            System.out.println("files that are as they were served: " + same);
        } finally {
            server.stop(0);
            remove(directory);
        }
    }

    private static void download(String url, String file) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<Path> response = client.send(HttpRequest.newBuilder(URI.create(url)).build(),
                    HttpResponse.BodyHandlers.ofFile(Path.of(file)));
            if (response.statusCode() != 200) {
                throw new IOException(url + " answered with status " + response.statusCode());
            }
        }
    }

    /** Serves {@link #content} under its number. */
    private static HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            byte[] content = content(Integer.parseInt(exchange.getRequestURI().getPath().substring(1)));
            exchange.sendResponseHeaders(200, content.length);
            try (exchange) {
                exchange.getResponseBody().write(content);
            }
        });
        server.start();
        return server;
    }

    private static byte[] content(int number) {
        byte[] content = new byte[(number + 1) * 100_000];
        new SplittableRandom(number).nextBytes(content);
        return content;
    }

    private static String digest(byte[] content) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
