package io.farmhand.internal.socket;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** How connections over TCP are set up. Stateless. */
final class TcpOptions {
    /** Seconds of silence after which the other host is asked for. Fewer wake both, more hide its end for longer. */
    private static final int SILENCE_SECONDS = 30;
    private static final int SECONDS_BETWEEN = 10;
    private static final int QUESTIONS = 3;

    private TcpOptions() {}

    /** Messages go out at once; a host that vanished without a word is noticed after a minute. */
    static void set(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, SILENCE_SECONDS);
        set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, SECONDS_BETWEEN);
        set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, QUESTIONS);
    }

    private static void set(SocketChannel channel, SocketOption<Integer> option, int value) throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
        }
    }
}
