package io.farmhand.internal.serial;

import java.io.Serializable;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The stand-ins that other modules and jars make: see {@link StandInMaker}. */
final class LibraryStandIns {
    /** Looked for once for each class that is met and not serializable: there are few. */
    private static final ClassValue<Optional<StandInMaker>> MAKERS = new ClassValue<>() {
        @Override
        protected Optional<StandInMaker> computeValue(Class<?> type) {
            return find(type);
        }
    };

    private LibraryStandIns() {}

    /** The stand-in of an object that is not serializable, or the object itself. */
    static Object replace(Object object) {
        if (object instanceof Serializable) {
            return object;
        }
        Optional<StandInMaker> maker = MAKERS.get(object.getClass());
        return maker.isPresent() ? maker.get().standIn(object) : object;
    }

    private static Optional<StandInMaker> find(Class<?> type) {
        try {
            for (StandInMaker maker : ServiceLoader.load(StandInMaker.class)) {
                if (maker.knows(type)) {
                    return Optional.of(maker);
                }
            }
        } catch (ServiceConfigurationError | LinkageError e) {
            System.getLogger(LibraryStandIns.class.getName()).log(System.Logger.Level.WARNING,
                    "Objects of class=" + type.getName() + " cannot travel by stand-ins: " + e.getMessage(), e);
        }
        return Optional.empty();
    }
}
