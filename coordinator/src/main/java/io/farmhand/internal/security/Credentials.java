package io.farmhand.internal.security;

import org.jspecify.annotations.Nullable;

/**
 * What a party that dials proves itself by.
 *
 * @param identity its certificate; null for a coordinator on loopback that has no TLS
 * @param token of its role
 */
public record Credentials(@Nullable Identity identity, Token token) {
    /**
     * Reads all files of a party.
     *
     * @throws SecuritySetupException naming the file and what is wrong with it
     */
    public static Credentials read(CredentialFiles files, Role role) throws SecuritySetupException {
        return new Credentials(Identity.read(files, role), Token.read(files.token()));
    }
}
