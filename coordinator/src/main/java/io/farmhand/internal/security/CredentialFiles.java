package io.farmhand.internal.security;

import java.nio.file.Path;

/**
 * Where a party's files are.
 *
 * @param authority the certificates of the CAs whose word is taken
 * @param certificate the party's own, and those that lead to a CA
 * @param key the private key of that
 * @param token the token of its role; a coordinator has several, see {@link #token(Path, Role)}
 */
public record CredentialFiles(Path authority, Path certificate, Path key, Path token) {
    /** The name of the file of CAs. */
    public static final String AUTHORITY = "ca.pem";

    /** The files of a role in a directory, with the names that {@code farm certs} gives them. */
    public static CredentialFiles in(Path directory, Role role) {
        return in(directory, role, role.label());
    }

    /**
     * The files of one of several parties of a role in a directory.
     *
     * @param name what they are called there, such as {@code worker-rack7}
     */
    public static CredentialFiles in(Path directory, Role role, String name) {
        return new CredentialFiles(directory.resolve(AUTHORITY), directory.resolve(name + ".pem"),
                directory.resolve(name + ".key"), token(directory, role));
    }

    /** The file of a role's token in a directory. */
    public static Path token(Path directory, Role role) {
        return directory.resolve(role.label() + ".token");
    }
}
