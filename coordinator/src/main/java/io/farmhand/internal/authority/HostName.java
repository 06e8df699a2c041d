package io.farmhand.internal.authority;

import java.net.IDN;
import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A name or address by which the coordinator can be reached, as its certificate has it.
 *
 * @param text as it was given; a name in ASCII
 * @param address its bytes when it is an address; null when it is a name
 */
public record HostName(String text, @Nullable InetAddress address) {
    private static final Pattern IPV4 = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");
    private static final Pattern NAME = Pattern.compile(
            "(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*");
    private static final int MAX_LENGTH = 253;

    /**
     * Reads what the user gave.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static HostName parse(String text) {
        try {
            if (text.indexOf(':') >= 0 || IPV4.matcher(text).matches()) {
                InetAddress address = InetAddress.ofLiteral(text);
                return new HostName(address.getHostAddress(), address);
            }
            String name = IDN.toASCII(text.startsWith("*.") ? text.substring(2) : text);
            name = text.startsWith("*.") ? "*." + name : name;
            if (name.length() <= MAX_LENGTH && NAME.matcher(name).matches()) {
                return new HostName(name, null);
            }
        } catch (IllegalArgumentException _) { // which says less than we do
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("'" + text + "' is no host: a name such as farm.example.com, or an address "
                + "such as 10.0.0.5 or fd00::5, without a port");
    }
}
