package io.farmhand.internal.security;

import io.grpc.Server;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A server in a process of its own, which prints its port and ends with its standard input. */
final class SmallServer {
    private SmallServer() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Server server = SecureServer.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Identity.read(CredentialFiles.in(directory, Role.COORDINATOR), Role.COORDINATOR), Tokens.in(directory),
                TestService.rights(), TestServer.LIMITS,
                new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())).addService(TestService.definition())
                .build()
                .start();
        System.out.println(server.getPort());
        boolean _ = System.in.read() < 0;
        System.exit(0);
    }
}
