package io.farmhand.internal.remote;

/**
 * An object that is to stay at the server: whoever called gets a proxy for it.
 *
 * @param type the interface it is to be seen as, which the server knows
 * @param target the object
 */
public record ByReference(Class<?> type, Object target) {}
