package io.farmhand.internal.code;

import java.nio.file.Path;
import java.util.List;

/**
 * A jar that travels.
 *
 * @param name for people to read: of two jars of one content only the first travels
 * @param sha256 of its bytes, in hexadecimal: what names it between processes
 * @param sizeBytes how long it is
 * @param path where its bytes are. A jar of the user's may be written anew while it is sent: then the receiver finds that
 *     it has another hash, and refuses it
 * @param versions the versions of class files that it holds, in no order
 */
public record CodeEntry(String name, String sha256, long sizeBytes, Path path, List<ClassVersion> versions) {
    /**
     * Refuses a jar that workers cannot run.
     *
     * @param workersJava the feature version of the workers' Java, such as 25
     * @throws NewerJavaException when a class in it is for a newer Java, or for the previews of another
     */
    void checkRunsOn(int workersJava) throws NewerJavaException {
        for (ClassVersion version : versions) {
            if (!version.suits(workersJava)) {
                throw NewerJavaException.of(name, version, workersJava);
            }
        }
    }
}
