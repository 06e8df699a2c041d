/** Who may talk to whom over TCP: certificates, tokens, rights, and the limits of a server that strangers can reach. */
@NullMarked
package io.farmhand.internal.security;

import org.jspecify.annotations.NullMarked;
