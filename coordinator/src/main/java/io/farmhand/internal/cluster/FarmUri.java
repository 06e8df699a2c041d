package io.farmhand.internal.cluster;

import com.google.common.net.HostAndPort;
import io.farmhand.internal.security.CredentialFiles;
import io.farmhand.internal.security.Credentials;
import io.farmhand.internal.security.Role;
import io.farmhand.internal.security.SecuritySetupException;
import io.farmhand.internal.security.Token;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a farm's coordinator is, and where the files are by which one proves oneself there:
 * {@code farm://HOST[:PORT][?certs=DIRECTORY][&tls=off]}.
 *
 * @param host a name or an address
 * @param port from 1 to 65535
 * @param certificates the directory of what {@code farm certs} has made
 * @param tls false for a coordinator on this host that has none
 */
public record FarmUri(String host, int port, Path certificates, boolean tls) {
    /** Where a coordinator listens if nothing else is said. */
    public static final int DEFAULT_PORT = 7373;
    /** The variable that names the directory of certificates where nothing else does. */
    public static final String CERTIFICATES_VARIABLE = "FARM_CERTS";

    private static final String SCHEME = "farm://";
    private static final int MAX_PORT = 65535;

    /**
     * Reads one; the scheme may be left out.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static FarmUri parse(String text) {
        FarmUri uri = listening(text);
        if (uri.port() == 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' names no coordinator: port=0 is not from 1 to " + MAX_PORT);
        }
        return uri;
    }

    /**
     * As {@link #parse}, for who listens there: port 0 stands for any that is free.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static FarmUri listening(String text) {
        String rest = text.toLowerCase(Locale.ROOT).startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
        int query = rest.indexOf('?');
        HostAndPort address = address(text, query < 0 ? rest : rest.substring(0, query));
        FarmUri uri = new FarmUri(address.getHost(), address.getPort(), defaultCertificates(), true);
        if (query >= 0) {
            for (String setting : rest.substring(query + 1).split("&", -1)) {
                uri = uri.with(text, setting);
            }
        }
        return uri;
    }

    private static HostAndPort address(String text, String authority) {
        HostAndPort address;
        try {
            address = HostAndPort.fromString(authority).withDefaultPort(DEFAULT_PORT);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' names no coordinator: it must be as HOST, HOST:PORT or "
                    + "farm://HOST:PORT, the port from 1 to " + MAX_PORT + ", an IPv6 address in brackets", e);
        }
        boolean isHost = !address.getHost().isEmpty() && address.getHost().chars()
                .allMatch(c -> c > ' ' && c <= '~' && c != '/' && c != '@' && c != '#');
        if (!isHost) {
            throw new IllegalArgumentException("'" + text + "' names no coordinator: host='" + address.getHost()
                    + "'. It must be as farm://HOST:PORT or HOST:PORT");
        }
        return address;
    }

    private FarmUri with(String text, String setting) {
        String[] pair = setting.split("=", 2);
        if (pair[0].equals("certs") && pair.length == 2 && !pair[1].isEmpty()) {
            try {
                return new FarmUri(host, port, Path.of(pair[1]), tls);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("'" + text + "': certs=" + pair[1] + " is no path", e);
            }
        }
        if (setting.equals("tls=off") || setting.equals("tls=on")) {
            return new FarmUri(host, port, certificates, setting.equals("tls=on"));
        }
        throw new IllegalArgumentException("'" + text + "' has an unknown setting: '" + setting
                + "'. There are certs=DIRECTORY and tls=off");
    }

    /** Where certificates are looked for if nothing else is said. */
    public static Path defaultCertificates() {
        String named = System.getenv(CERTIFICATES_VARIABLE);
        return Path.of(named == null || named.isEmpty() ? "certs" : named);
    }

    /**
     * Reads the files of a role.
     *
     * @throws SecuritySetupException naming the file and what is wrong with it
     */
    public Dialer dialer(Role role) throws SecuritySetupException {
        return new Dialer(host, port, tls
                ? Credentials.read(CredentialFiles.in(certificates, role), role)
                : new Credentials(null, Token.read(CredentialFiles.token(certificates, role))));
    }
}
