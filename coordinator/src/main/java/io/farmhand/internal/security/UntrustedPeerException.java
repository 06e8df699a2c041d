package io.farmhand.internal.security;

import java.security.cert.CertificateException;

/** Says why a peer's certificate is not taken, in words for both sides' logs. */
final class UntrustedPeerException extends CertificateException {
    private final Refusal refusal;
    private final String detail;

    UntrustedPeerException(Refusal refusal, String detail, CertificateException cause) {
        // The alert that the peer gets is chosen by the cause's cause.
        super(refusal.text() + ": " + detail, cause.getCause());
        this.refusal = refusal;
        this.detail = detail;
    }

    Refusal refusal() {
        return refusal;
    }

    String detail() {
        return detail;
    }
}
