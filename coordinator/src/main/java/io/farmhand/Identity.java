package io.farmhand;

import org.jspecify.annotations.Nullable;

/** An object that equals nothing but itself, whatever its own {@code equals} says, which is not run. */
record Identity(@Nullable Object object) {
    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(@Nullable Object other) {
        return other instanceof Identity(Object same) && same == object;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(object);
    }
}
