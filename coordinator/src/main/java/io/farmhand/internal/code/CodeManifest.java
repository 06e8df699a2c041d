package io.farmhand.internal.code;

import java.util.List;

/**
 * The code of a pool: what is on the class path of its workers behind the farm's own jars.
 *
 * @param entries in the order of the class path; no two have the same content
 */
public record CodeManifest(List<CodeEntry> entries) {
    /** Copies the list. */
    public CodeManifest {
        entries = List.copyOf(entries);
    }

    /** How long all jars are together. */
    public long sizeBytes() {
        return entries.stream().mapToLong(CodeEntry::sizeBytes).sum();
    }

    /**
     * Refuses code that workers cannot run. What is in a multi-release jar for a newer Java than theirs does not count:
     * they leave it alone.
     *
     * @param workersJava the feature version of the workers' Java, such as 25
     * @throws NewerJavaException when a class of a jar is for a newer Java, or for the previews of another
     */
    public void checkRunsOn(int workersJava) throws NewerJavaException {
        for (CodeEntry entry : entries) {
            entry.checkRunsOn(workersJava);
        }
    }

    /** The Javas that run all of it. */
    public JavaRange javas() {
        return JavaRange.of(entries.stream().flatMap(entry -> entry.versions().stream()).toList());
    }
}
