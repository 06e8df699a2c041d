package io.farmhand.internal.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files that a party proves itself by, after a look at who else may read or write them. Stateless.
 *
 * <p>Nobody but the owner may write any of them: who can, may replace the CA that is trusted. A secret, moreover, may be
 * readable by
 * <ul>
 * <li>its owner;
 * <li>its group, if root owns it, as an orchestrator hands out a secret to a user that is not root (PostgreSQL has the
 * same rule for its keys);
 * <li>all, below {@value #DOCKER_SECRETS}, where Docker mounts secrets with mode 0444 into one container, whose processes
 * are "all".
 * </ul>
 * Where the file system knows no modes (Windows), there is no look.
 */
final class CredentialFile {
    /** Where Docker, and others after it, mount a container's secrets. */
    static final String DOCKER_SECRETS = "/run/secrets";

    /** Larger than any chain of certificates, small enough that a wrong file does no harm. */
    private static final int MAX_BYTES = 1 << 20;
    private static final int ROOT = 0;

    private CredentialFile() {}

    /** Reads what all may know, such as a certificate. */
    static byte[] readPublic(Path file, String what) throws SecuritySetupException {
        check(file, what, false, Path.of(DOCKER_SECRETS));
        return read(file, what);
    }

    /** Reads what only its owner may know: a key or a token. */
    static byte[] readSecret(Path file, String what) throws SecuritySetupException {
        check(file, what, true, Path.of(DOCKER_SECRETS));
        return read(file, what);
    }

    /** Checks who may read and write a file; a test has its own place of secrets. */
    static void check(Path file, String what, boolean secret, Path dockerSecrets) throws SecuritySetupException {
        Set<PosixFilePermission> mode;
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) { // to read a pipe may take for ever
                throw new SecuritySetupException("The " + what + " is no file: file=" + file + " is "
                        + (Files.isDirectory(file) ? "a directory" : "a pipe or a device")
                        + ". Often a path is wrong, or a container's secret was mounted before its file was made");
            }
            mode = mode(file);
            if (mode == null) {
                return;
            }
            if (mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new SecuritySetupException(
                        "The " + what + " can be written by others than its owner: file=" + file
                                + " mode=" + PosixFilePermissions.toString(mode) + ". Change that: chmod go-w " + file);
            }
            boolean group = mode.contains(PosixFilePermission.GROUP_READ) && !isOfRoot(file);
            boolean others = mode.contains(PosixFilePermission.OTHERS_READ);
            if (secret && (group || others) && !isBelow(file, dockerSecrets)) {
                throw new SecuritySetupException("The " + what + " can be read by others than its owner: file=" + file
                        + " mode=" + PosixFilePermissions.toString(mode) + ". Change that: chmod 600 " + file
                        + " (in a container, a secret below " + dockerSecrets + " may be readable by all)");
            }
        } catch (SecuritySetupException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(file, what, e);
        }
    }

    private static @Nullable Set<PosixFilePermission> mode(Path file) throws IOException {
        try {
            return Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException e) {
            return null;
        }
    }

    private static boolean isOfRoot(Path file) throws IOException {
        try {
            return Files.getAttribute(file, "unix:uid").equals(ROOT);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isBelow(Path file, Path directory) throws IOException {
        return Files.isDirectory(directory) && file.toRealPath().startsWith(directory.toRealPath());
    }

    private static byte[] read(Path file, String what) throws SecuritySetupException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new SecuritySetupException("The " + what + " is too long: file=" + file + " maxBytes=" + MAX_BYTES
                        + ". Often it is another file");
            }
            return bytes;
        } catch (SecuritySetupException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(file, what, e);
        }
    }

    private static SecuritySetupException unreadable(Path file, String what, IOException cause) {
        String why = switch (cause) {
            case NoSuchFileException _ ->
                "there is no such file. 'farm certs' makes one; where it is elsewhere, name its "
                        + "directory: --certs DIR, or the variable FARM_CERTS; in a container it must be mounted as a "
                        + "volume or a secret";
            case AccessDeniedException _ ->
                "user " + System.getProperty("user.name") + " may not read it. Give the file "
                        + "to that user (chown), or run as its owner";
            default -> cause.toString();
        };
        return new SecuritySetupException("The " + what + " cannot be read: file=" + file + ": " + why, cause);
    }
}
