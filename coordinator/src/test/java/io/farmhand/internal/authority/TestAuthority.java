package io.farmhand.internal.authority;

import io.farmhand.internal.security.Role;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** An authority that makes bad certificates, too. */
public final class TestAuthority {
    private final Authority authority = Authority.create(Instant.now(), Duration.ofDays(1), new SecureRandom());

    /** The certificate of an authority whose time is over. */
    public static X509Certificate expired() {
        return Authority.create(Instant.now().minusSeconds(7200), Duration.ofHours(1), new SecureRandom()).own()
                .certificate();
    }

    /** Its own certificate. */
    public Issued own() {
        return authority.own();
    }

    /** A certificate that is valid now. */
    public Issued issue(String uri, boolean server, String... hosts) {
        return issue(uri, server, Instant.now().minusSeconds(60), Instant.now().plusSeconds(3600), hosts);
    }

    /** A certificate for a worker with a key of another kind. */
    public Issued issue(KeyPair keys) {
        return authority.issue(Role.WORKER.uri(), false, keys.getPublic().getAlgorithm(), List.of(),
                Instant.now().minusSeconds(60), Instant.now().plusSeconds(3600), keys);
    }

    /** A certificate that is valid when it is said to be. */
    public Issued issue(String uri, boolean server, Instant from, Instant until, String... hosts) {
        List<HostName> names = Stream.of(hosts).map(HostName::parse).toList();
        return authority.issue(uri, server, "rack7", names, from, until);
    }
}
