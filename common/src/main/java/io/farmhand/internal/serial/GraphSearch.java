package io.farmhand.internal.serial;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A breadth-first search through the objects that serialization would visit: it finds the shortest way. */
final class GraphSearch implements ObjectParts.Visitor {
    /** More finds a culprit in a larger value, fewer fails sooner. */
    private static final int MAX_OBJECTS = 100_000;

    private final Predicate<Object> wanted;
    private final boolean transients;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Queue<GraphPath> open = new ArrayDeque<>();
    private GraphPath current;
    private @Nullable GraphPath found;

    private GraphSearch(GraphPath root, Predicate<Object> wanted, boolean transients) {
        this.current = root;
        this.wanted = wanted;
        this.transients = transients;
    }

    /**
     * The shortest way to an object that is wanted, or null if it was not found among the first 100,000.
     *
     * @param transients whether to look into transient fields too
     */
    static @Nullable GraphPath find(Object root, Predicate<Object> wanted, boolean transients) {
        GraphPath start = GraphPath.root(root);
        if (wanted.test(root)) {
            return start;
        }
        GraphSearch search = new GraphSearch(start, wanted, transients);
        search.seen.add(root);
        search.open.add(start);
        return search.run();
    }

    private @Nullable GraphPath run() {
        for (GraphPath next = open.poll(); next != null && found == null; next = open.poll()) {
            current = next;
            ObjectParts.visit(next.object(), transients, this);
        }
        return found;
    }

    @Override
    public boolean part(Object part, Supplier<String> label, boolean named) {
        if (seen.add(part)) {
            GraphPath path = new GraphPath(part, current, label, named);
            if (wanted.test(part)) {
                found = path;
            }
            open.add(path);
        }
        return found == null && seen.size() < MAX_OBJECTS;
    }
}
