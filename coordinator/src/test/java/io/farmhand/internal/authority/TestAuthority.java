package io.farmhand.internal.authority;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** An authority that makes bad certificates, too. */
public final class TestAuthority {
    private final Authority authority = Authority.create(Instant.now(), Duration.ofDays(1), new SecureRandom());

    /** Its own certificate. */
    public Issued own() {
        return authority.own();
    }

    /** A certificate that is valid now. */
    public Issued issue(String uri, boolean server, String... hosts) {
        return issue(uri, server, Instant.now().minusSeconds(60), Instant.now().plusSeconds(3600), hosts);
    }

    /** A certificate that is valid when it is said to be. */
    public Issued issue(String uri, boolean server, Instant from, Instant until, String... hosts) {
        List<HostName> names = Stream.of(hosts).map(HostName::parse).toList();
        return authority.issue(uri, server, "rack7", names, from, until);
    }
}
