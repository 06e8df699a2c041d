package io.farmhand.internal.socket;

import java.io.IOException;

/** There is no tunnel to be had to a listener that may well be there. */
public final class TunnelRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    TunnelRefusedException(String why) {
        super(why);
    }
}
