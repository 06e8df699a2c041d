package io.farmhand.internal.security;

import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Makes text for logs of what a stranger has sent: short, of one line, and without control characters. Stateless. */
public final class Printable {
    private static final int MAX_LENGTH = 160;

    private Printable() {}

    public static String text(@Nullable String given) {
        String text = String.valueOf(given);
        StringBuilder printable = new StringBuilder();
        text.codePoints().limit(MAX_LENGTH).map(c -> c < ' ' || c > '~' ? '?' : c).forEach(printable::appendCodePoint);
        return text.length() > MAX_LENGTH ? printable + "..." : printable.toString();
    }

    /** An address without the name that was looked up for it, such as {@code 10.0.0.7:51234}. */
    public static String address(@Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return InetAddresses.toUriString(inet.getAddress()) + ":" + inet.getPort();
        }
        return String.valueOf(address);
    }
}
