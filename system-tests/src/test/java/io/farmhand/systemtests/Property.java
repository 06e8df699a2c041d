package io.farmhand.systemtests;

import org.jspecify.annotations.Nullable;

/** A system property that has another value until this is closed. */
final class Property implements AutoCloseable {
    private final String name;
    private final @Nullable String before;

    private Property(String name, String value) {
        this.name = name;
        this.before = System.setProperty(name, value);
    }

    static Property set(String name, String value) {
        return new Property(name, value);
    }

    @Override
    public void close() {
        if (before == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, before);
        }
    }
}
