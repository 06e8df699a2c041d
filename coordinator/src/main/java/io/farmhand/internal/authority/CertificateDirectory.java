package io.farmhand.internal.authority;

import io.farmhand.internal.security.CredentialFiles;
import io.farmhand.internal.security.Pem;
import io.farmhand.internal.security.Role;
import io.farmhand.internal.security.SecuritySetupException;
import io.farmhand.internal.security.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files of a cluster's certificates, keys and tokens. Each is written whole, or not at all, with its mode from the
 * first byte on; none is overwritten unless that is asked for.
 */
public final class CertificateDirectory {
    /** The name of the CA's key, which only the making of further certificates needs. */
    public static final String AUTHORITY_KEY = "ca.key";

    private static final Set<PosixFilePermission> OWN_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");
    /** A CA lives longer than what it signs: a new one must go to all parties at once. */
    private static final Duration AUTHORITY_LIFETIME = Duration.ofDays(3650);

    private final Path directory;
    private final boolean overwrite;
    private final InstantSource clock;
    private final SecureRandom random;

    /** What a file is to hold, and whether others may read it. */
    private record Content(String text, boolean secret) {}

    /**
     * Names a directory; nothing is made yet.
     *
     * @param overwrite whether files that are there may be replaced
     */
    public CertificateDirectory(Path directory, boolean overwrite, InstantSource clock, SecureRandom random) {
        this.directory = directory;
        this.overwrite = overwrite;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Makes a CA, and for each role a certificate, its key and a token.
     *
     * @param hosts by which the coordinator is called
     * @return the files, in the order of their names' use
     * @throws IOException when one is there already, or cannot be written
     */
    public List<Path> create(List<HostName> hosts, Duration lifetime) throws IOException {
        Instant now = clock.instant();
        Duration longest = lifetime.compareTo(AUTHORITY_LIFETIME) > 0 ? lifetime : AUTHORITY_LIFETIME;
        Authority authority = Authority.create(now, longest, random);
        Map<Path, Content> files = new LinkedHashMap<>();
        put(files, directory.resolve(CredentialFiles.AUTHORITY), directory.resolve(AUTHORITY_KEY), authority.own());
        for (Role role : Role.values()) {
            CredentialFiles own = CredentialFiles.in(directory, role);
            put(files, own.certificate(), own.key(), authority.issue(role, role.label(),
                    role == Role.COORDINATOR ? hosts : List.of(), now, lifetime));
        }
        for (Role role : List.of(Role.WORKER, Role.CLIENT)) {
            files.put(CredentialFiles.token(directory, role), new Content(Token.newText(random) + "\n", true));
        }
        write(files, "their old keys will be lost, and the new CA must go to all parties; or name another directory");
        return List.copyOf(files.keySet());
    }

    /**
     * Makes one more certificate and its key, of the CA that is there.
     *
     * @param name of the party, for people; its files' names end with it, unless it is the role's
     * @param hosts by which it is called, if it is a coordinator
     * @return the files
     * @throws IOException when one is there already, or cannot be written, or the CA's key is not there
     */
    public List<Path> add(Role role, String name, List<HostName> hosts, Duration lifetime) throws IOException {
        String file = name.equals(role.label()) ? name : role.label() + "-" + name;
        CredentialFiles own = CredentialFiles.in(directory, role, file);
        Issued issued = authority().issue(role, name, hosts, clock.instant(), lifetime);
        Map<Path, Content> files = new LinkedHashMap<>();
        put(files, own.certificate(), own.key(), issued);
        write(files, "its old key will be lost; or give it another --name");
        return List.copyOf(files.keySet());
    }

    private Authority authority() throws IOException {
        Path certificateFile = directory.resolve(CredentialFiles.AUTHORITY);
        Path keyFile = directory.resolve(AUTHORITY_KEY);
        X509Certificate certificate = Pem.readCertificates(certificateFile, "CA's certificate").getFirst();
        if (!Files.exists(keyFile)) {
            throw new SecuritySetupException("The CA's key is not there: file=" + keyFile
                    + ". If it was taken offline, put it back for this command");
        }
        if (clock.instant().isAfter(certificate.getNotAfter().toInstant())) {
            throw new SecuritySetupException("The CA has expired: file=" + certificateFile + " expired="
                    + certificate.getNotAfter().toInstant() + ". Make all anew: farm certs --overwrite");
        }
        try {
            return Authority.of(new Issued(certificate, Pem.readKey(keyFile, "CA's key")), random);
        } catch (IllegalArgumentException e) {
            throw new SecuritySetupException("'farm certs' cannot sign with this CA: file=" + keyFile + ": "
                    + e.getMessage(), e);
        }
    }

    private static void put(Map<Path, Content> files, Path certificate, Path key, Issued issued) {
        files.put(certificate, new Content(Pem.text(issued.certificate()), false));
        files.put(key, new Content(Pem.text(issued.key()), true));
    }

    // ---- files ----

    private void write(Map<Path, Content> files, String costs) throws IOException {
        if (!overwrite) {
            List<Path> there = files.keySet().stream().filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
            if (!there.isEmpty()) {
                throw new SecuritySetupException("There are such files already, and nothing was changed: files=" + there
                        + ". To replace them, say --overwrite: " + costs);
            }
        }
        prepare();
        List<Path> written = new ArrayList<>();
        try {
            for (Map.Entry<Path, Content> file : files.entrySet()) {
                write(file.getKey(), file.getValue());
                written.add(file.getKey());
            }
        } catch (IOException e) {
            throw new IOException(
                    "Not all files could be written: directory=" + directory + " written=" + written + ": "
                            + e + ". Run the same again with --overwrite",
                    e);
        }
    }

    private void prepare() throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new SecuritySetupException("This is no directory: directory=" + directory);
        }
        if (Files.isDirectory(directory)) {
            if (isPosix() && (Files.getPosixFilePermissions(directory).contains(PosixFilePermission.GROUP_WRITE)
                    || Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_WRITE))) {
                throw new SecuritySetupException("Others can write to this directory, and so replace what is in it: "
                        + "directory=" + directory + ". Change that: chmod 700 " + directory);
            }
            return;
        }
        try {
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(directory, isPosix() ? modes(OWN_DIRECTORY) : new FileAttribute<?>[0]);
        } catch (IOException e) {
            throw new IOException("The directory cannot be made: directory=" + directory + ": " + e, e);
        }
    }

    private void write(Path file, Content content) throws IOException {
        // In a file of another name first: nobody sees half of a key, and a crash leaves the old one.
        Path draft = Files.createTempFile(directory, ".draft-", "",
                isPosix() ? modes(SECRET) : new FileAttribute<?>[0]);
        try {
            Files.writeString(draft, content.text, StandardCharsets.US_ASCII, StandardOpenOption.SYNC);
            if (!content.secret && isPosix()) {
                Files.setPosixFilePermissions(draft, PUBLIC);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static FileAttribute<?>[] modes(Set<PosixFilePermission> mode) {
        return new FileAttribute<?>[]{PosixFilePermissions.asFileAttribute(mode)};
    }

    private boolean isPosix() {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
