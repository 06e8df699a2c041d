package io.farmhand.internal.security;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * What a party of a cluster is, as its certificate says: by one URI among the subject alternative names, such as
 * {@code urn:farmhand:role:worker}. A name in the subject would do as well, but there every CA writes what it likes.
 */
public enum Role {
    /** Listens, and brings the others together. */
    COORDINATOR,
    /** Joins, and lends seats. */
    WORKER,
    /** Opens sessions, and runs code on seats. */
    CLIENT;

    private static final String URN = "urn:farmhand:role:";
    /** The kind of a subject alternative name that is a URI, after RFC 5280, 4.2.1.6. */
    private static final int URI_NAME = 6;

    /** The role's name in files, options and messages: {@code worker}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The URI by which a certificate has this role. */
    public String uri() {
        return URN + label();
    }

    /**
     * Reads the role of a certificate.
     *
     * @throws CertificateException when it has none, several, or one that is not known
     */
    static Role of(X509Certificate certificate) throws CertificateException {
        TreeSet<String> found = new TreeSet<>();
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names != null) {
            for (List<?> name : names) {
                if (Integer.valueOf(URI_NAME).equals(name.get(0)) && String.valueOf(name.get(1)).startsWith(URN)) {
                    found.add(String.valueOf(name.get(1)));
                }
            }
        }
        for (Role role : values()) {
            if (found.size() == 1 && found.first().equals(role.uri())) {
                return role;
            }
        }
        throw new CertificateException(found.isEmpty()
                ? "none of the URIs " + WORKER.uri() + ", " + CLIENT.uri() + " and " + COORDINATOR.uri()
                        + " is among its subject alternative names"
                : "it must have one known role, and has roles=" + Printable.text(found.toString()));
    }
}
