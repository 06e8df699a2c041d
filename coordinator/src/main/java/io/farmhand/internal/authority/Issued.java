package io.farmhand.internal.authority;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A certificate and the key that belongs to it.
 *
 * @param certificate is public
 * @param key is not
 */
public record Issued(X509Certificate certificate, PrivateKey key) {
    @Override
    public String toString() {
        return "Issued[" + certificate.getSubjectX500Principal() + "]";
    }
}
