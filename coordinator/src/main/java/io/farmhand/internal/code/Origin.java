package io.farmhand.internal.code;

/** Whose classes a jar or a class directory holds. */
enum Origin {
    /** One or more of the farm's modules, and nothing else. */
    FARM,
    /** The farm's modules with the libraries that they need: {@code coordinator.jar}. */
    WHOLE_FARM,
    /** Libraries that the farm needs, and nothing else. */
    LIBRARIES,
    /** Anything else, also a user's jar that the farm was packed into. */
    USER
}
