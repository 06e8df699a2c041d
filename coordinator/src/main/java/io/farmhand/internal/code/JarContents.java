package io.farmhand.internal.code;

import java.util.List;

/**
 * What is known of a jar once it was read.
 *
 * @param sha256 of its bytes, in hexadecimal
 * @param sizeBytes how long it is
 * @param versions the versions of class files that it holds
 * @param origin whose classes they are
 * @param isEmpty whether it holds nothing but a manifest, as a jar does that only refers to others
 * @param references what its manifest refers to, as it stands there
 */
record JarContents(String sha256, long sizeBytes, List<ClassVersion> versions, Origin origin, boolean isEmpty,
        List<String> references) {}
