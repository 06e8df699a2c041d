package io.farmhand.internal.serial;

import org.jspecify.annotations.Nullable;

/**
 * Why a value could not be serialized.
 *
 * @param path the way from the value to the culprit
 * @param complaint what is the matter with the culprit, to be read after the path
 * @param advice what to do
 */
record Diagnosis(String path, String complaint, String advice) {
    /** The message for the user. */
    String message(@Nullable Object root) {
        return "Cannot serialize " + Names.of(root) + ": " + path + " " + complaint + ". " + advice;
    }
}
