package io.farmhand.internal.security;

/** Why a stranger was not let in, or was shown the door. */
public enum Refusal {
    // ---- by its TLS ----
    /** It does not speak TLS. */
    NOT_TLS("it does not speak TLS"),
    /** It offers no version of TLS that is taken. */
    OLD_TLS("it does not speak TLS 1.3"),
    /** It offers no protocol that gRPC knows. */
    NOT_HTTP2("it speaks TLS, but not gRPC's HTTP/2"),
    /** It has shown no certificate. */
    NO_CERTIFICATE("it has shown no certificate"),
    /** Its certificate is of a CA that is not known. */
    UNKNOWN_CA("its certificate is not of a CA in ca.pem"),
    /** Its certificate is too old. */
    EXPIRED("its certificate has expired"),
    /** Its certificate is too new. */
    NOT_YET_VALID("its certificate is not valid yet"),
    /** Its certificate has not the name by which it was called. */
    OTHER_NAME("its certificate is for other names"),
    /** Its certificate is bad in another way. */
    BAD_CERTIFICATE("its certificate will not do"),
    /** It does not want to talk to us. */
    REFUSED_BY_PEER("it has broken off the TLS handshake"),
    /** What it sends is no TLS handshake. */
    BROKEN_HANDSHAKE("its TLS handshake is broken"),

    // ---- by its call ----
    /** Its certificate says not what it is. */
    NO_ROLE("its certificate has no role"),
    /** What it asks for is for others. */
    OTHER_ROLE("its certificate or token is of another role"),
    /** It does not show that it knows a token. */
    NO_TOKEN("it has sent no proof that it knows a token"),
    /** It does not know the token. */
    WRONG_TOKEN("it does not know the token of its role"),
    /** Nobody may call this. */
    NOBODYS_METHOD("nobody may call this method"),
    /** What it sends within a call cannot be read. */
    MALFORMED_MESSAGE("it has sent a message that cannot be read"),

    // ---- by the limits ----
    /** There are as many connections as there may be. */
    TOO_MANY_CONNECTIONS("there are too many connections"),
    /** There are as many that have not shown who they are as there may be, and it was among the oldest. */
    TOO_MANY_STRANGERS("too many have connected and not shown yet who they are"),
    /** It connects again and again. */
    TOO_OFTEN("it connects too often"),
    /** It has taken too long to show who it is. */
    TOO_SLOW("it has taken too long to show who it is");

    private final String text;

    Refusal(String text) {
        this.text = text;
    }

    /** What to tell people, as the end of a sentence about "it", the peer. */
    String text() {
        return text;
    }
}
