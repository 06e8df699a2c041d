package io.farmhand.internal.dispatch;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The jobs that are not over, served in turn. Owned by the dispatcher. */
final class JobTable {
    private final ArrayDeque<Job> jobs = new ArrayDeque<>();

    void add(Job job) {
        jobs.add(job);
    }

    void remove(Job job) {
        jobs.remove(job);
    }

    boolean isEmpty() {
        return jobs.isEmpty();
    }

    /** All of them, unaffected by later changes. */
    List<Job> snapshot() {
        return List.copyOf(jobs);
    }

    /** The job whose turn it is among those with chunks to give; its turn passes. */
    @Nullable
    Job next() {
        for (int i = jobs.size(); i > 0; i--) {
            Job job = jobs.remove();
            jobs.add(job);
            if (!job.pending.isEmpty()) {
                return job;
            }
        }
        return null;
    }

    int size() {
        return jobs.size();
    }
}
