package io.farmhand.internal.security;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Why a TLS handshake failed.
 *
 * @param refusal in short
 * @param detail values and what to do; never what the peer has sent in the clear, which may be a token
 */
public record TlsFailure(Refusal refusal, String detail) {
    private static final int MAX_CAUSES = 16;
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

    /**
     * Finds it among the causes of a failure, of a handshake or of a call whose connection could not be made.
     *
     * @return empty when none has to do with TLS, such as where a connection was refused or has just ended
     */
    public static Optional<TlsFailure> of(Throwable failure) {
        Throwable cause = failure;
        Optional<TlsFailure> vague = Optional.empty();
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof UntrustedPeerException untrusted) {
                return Optional.of(new TlsFailure(untrusted.refusal(), untrusted.detail()));
            }
            if (vague.isEmpty() && cause instanceof SSLException tls) {
                vague = Optional.of(of(tls));
            }
            cause = cause.getCause();
        }
        return vague;
    }

    private static TlsFailure of(SSLException failure) {
        String message = String.valueOf(failure.getMessage());
        Matcher alert = ALERT.matcher(message);
        if (failure instanceof NotSslRecordException) { // whose message quotes the bytes
            return new TlsFailure(Refusal.NOT_TLS,
                    "its first bytes are no TLS record. Often one side has no certificates"
                            + " configured, or it is another program");
        }
        if (failure instanceof SslHandshakeTimeoutException) {
            return new TlsFailure(Refusal.TOO_SLOW, "the handshake did not end");
        }
        if (message.contains("Empty client certificate chain")) {
            return new TlsFailure(Refusal.NO_CERTIFICATE, "give it one: farm certs");
        }
        if (message.contains("not accepted by server preferences")) {
            return new TlsFailure(Refusal.OLD_TLS, "why='" + Printable.text(message) + "'");
        }
        if (alert.find()) {
            return new TlsFailure(Refusal.REFUSED_BY_PEER, "alert=" + alert.group(1) + meaning(alert.group(1)));
        }
        return new TlsFailure(Refusal.BROKEN_HANDSHAKE, "why='" + Printable.text(message) + "'");
    }

    private static String meaning(String alert) {
        return switch (alert) {
            case "certificate_unknown", "unknown_ca", "bad_certificate", "certificate_expired",
                    "unsupported_certificate",
                    "access_denied" ->
                ". It does not take our certificate; its own log says why. Often the two sides have files of two CAs";
            case "certificate_required" -> ". It wants a certificate and got none";
            case "protocol_version" -> ". It speaks another version of TLS";
            default -> "";
        };
    }

    /** In a sentence about "it", the peer. */
    @Override
    public String toString() {
        return refusal.text() + ": " + detail;
    }
}
