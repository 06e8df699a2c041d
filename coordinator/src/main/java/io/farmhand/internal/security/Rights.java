package io.farmhand.internal.security;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which role may call which method; what is not in the table, nobody may. Immutable. */
public final class Rights {
    private final Map<String, Set<Role>> callers;

    private Rights(Map<String, Set<Role>> callers) {
        this.callers = Map.copyOf(callers);
    }

    /** Begins a table. */
    public static Builder builder() {
        return new Builder();
    }

    /** A table that is being written. */
    public static final class Builder {
        private final Map<String, Set<Role>> callers = new HashMap<>();

        private Builder() {}

        /** Lets a role call methods; another role may be given the same one besides. */
        public Builder allow(Role role, MethodDescriptor<?, ?>... methods) {
            for (MethodDescriptor<?, ?> method : methods) {
                callers.computeIfAbsent(method.getFullMethodName(), _ -> EnumSet.noneOf(Role.class)).add(role);
            }
            return this;
        }

        /**
         * Ends the table of these services.
         *
         * @throws IllegalArgumentException when a method of them may be called by nobody, or one in the table is none of
         *         theirs: then somebody forgot it
         */
        public Rights of(ServiceDescriptor... services) {
            Set<String> known = new TreeSet<>();
            for (ServiceDescriptor service : services) {
                service.getMethods().forEach(method -> known.add(method.getFullMethodName()));
            }
            if (!known.equals(callers.keySet())) {
                throw new IllegalArgumentException("the table of rights does not fit the services: methods=" + known
                        + " table=" + new TreeSet<>(callers.keySet()));
            }
            return new Rights(callers);
        }
    }

    /** Who may call a method. */
    Set<Role> callers(String method) {
        return callers.getOrDefault(method, Set.of());
    }

    /** All methods of the table. */
    public List<String> methods() {
        return List.copyOf(new TreeSet<>(callers.keySet()));
    }
}
