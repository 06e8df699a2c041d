package io.farmhand.internal.serial;

import io.farmhand.task.Broadcast;
import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.FilterInfo;
import java.io.ObjectInputFilter.Status;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rule for what workers on other hosts send: values of the JDK that are listed here, its exceptions, and classes that
 * the JVM that reads has on its own class path. All else of the JDK, functions, proxies and handles are refused: whoever
 * may choose among all classes of a platform finds some that, read in the right order, do what they were not made for.
 *
 * <p>Handles of ours, too: to read one opens a file, or dials an address, that the sender has named. But a managed object
 * comes back by its manager's name, which this process knows or does not.
 *
 * <p>The system property {@value #PROPERTY} comes first: patterns as of {@code jdk.serialFilter}. What they let through
 * is let through, and what they reject is rejected, of the caller's own classes as well. Immutable.
 */
final class StrictClasses implements ClassRule {
    static final String PROPERTY = "farmhand.results.filter";

    /** All of these are values, or forms in which those travel. */
    private static final Set<String> VALUE_PACKAGES = Set.of("java.math", "java.time", "java.time.chrono",
            "java.time.temporal", "java.time.zone");

    /** With the classes nested in them. Neither {@code URL}, whose hash code asks the network, nor keys. */
    private static final Set<String> VALUES = Set.copyOf(List.of("java.lang.Boolean", "java.lang.Byte",
            "java.lang.Character", "java.lang.Class", "java.lang.Double", "java.lang.Enum", "java.lang.Float",
            "java.lang.Integer", "java.lang.Long", "java.lang.Number", "java.lang.Object", "java.lang.Short",
            "java.lang.StackTraceElement", "java.lang.String", "java.lang.StringBuffer", "java.lang.StringBuilder",
            // Collections; Arrays, CollSer and Collections are the forms of lists and views.
            "java.util.AbstractMap", "java.util.ArrayDeque", "java.util.ArrayList", "java.util.Arrays",
            "java.util.BitSet", "java.util.CollSer", "java.util.Collections", "java.util.Comparators",
            "java.util.EnumMap", "java.util.EnumSet", "java.util.HashMap", "java.util.HashSet", "java.util.Hashtable",
            "java.util.IdentityHashMap", "java.util.ImmutableCollections", "java.util.JumboEnumSet",
            "java.util.LinkedHashMap",
            "java.util.LinkedHashSet", "java.util.LinkedList", "java.util.PriorityQueue", "java.util.Properties",
            "java.util.RegularEnumSet", "java.util.Stack", "java.util.TreeMap", "java.util.TreeSet",
            "java.util.Vector", "java.util.concurrent.ArrayBlockingQueue", "java.util.concurrent.ConcurrentHashMap",
            "java.util.concurrent.ConcurrentLinkedDeque", "java.util.concurrent.ConcurrentLinkedQueue",
            "java.util.concurrent.ConcurrentSkipListMap", "java.util.concurrent.ConcurrentSkipListSet",
            "java.util.concurrent.CopyOnWriteArrayList", "java.util.concurrent.CopyOnWriteArraySet",
            "java.util.concurrent.LinkedBlockingDeque", "java.util.concurrent.LinkedBlockingQueue",
            "java.util.concurrent.LinkedTransferQueue", "java.util.concurrent.PriorityBlockingQueue",
            // Parts of those of java.util.concurrent.
            "java.util.concurrent.locks.AbstractOwnableSynchronizer",
            "java.util.concurrent.locks.AbstractQueuedSynchronizer", "java.util.concurrent.locks.ReentrantLock",
            "java.util.concurrent.atomic.AtomicBoolean", "java.util.concurrent.atomic.AtomicInteger",
            "java.util.concurrent.atomic.AtomicIntegerArray", "java.util.concurrent.atomic.AtomicLong",
            "java.util.concurrent.atomic.AtomicLongArray", "java.util.concurrent.atomic.AtomicReference",
            "java.util.concurrent.atomic.AtomicReferenceArray", "java.util.concurrent.atomic.DoubleAdder",
            "java.util.concurrent.atomic.LongAdder",
            // Other values.
            "java.io.File", "java.net.Inet4Address", "java.net.Inet6Address", "java.net.InetAddress",
            "java.net.InetSocketAddress", "java.net.SocketAddress", "java.net.URI", "java.sql.Date", "java.sql.Time",
            "java.sql.Timestamp", "java.util.Calendar", "java.util.Currency", "java.util.Date",
            "java.util.GregorianCalendar", "java.util.Locale", "java.util.Random", "java.util.SimpleTimeZone",
            "java.util.Optional", "java.util.OptionalDouble",
            "java.util.OptionalInt", "java.util.OptionalLong", "java.util.TimeZone", "java.util.UUID",
            "java.util.regex.Pattern", "sun.util.calendar.ZoneInfo"));

    /** Whose exceptions come back as what they are; others come as text. */
    private static final Set<String> EXCEPTION_MODULES = Set.of("java.base", "java.net.http", "java.sql", "java.xml");

    private static final String FARM = "io.farmhand";
    /** Packages of ours: what else begins so, such as examples, is as good as a user's. */
    private static final List<String> FARM_PACKAGES = List.of("io.farmhand.internal.", "io.farmhand.backend.",
            "io.farmhand.cache.", "io.farmhand.cli.", "io.farmhand.managed.", "io.farmhand.shared.",
            "io.farmhand.sync.",
            "io.farmhand.task.");
    private static final Set<Class<?>> FARM_VALUES = Set.of(StandIn.class, StandIn.Kind.class, Pair.class,
            Broadcast.class);
    /** Of modules that this one does not know. */
    private static final Set<String> OTHERS_VALUES = Set.of("io.farmhand.internal.frames.FrameForm",
            "io.farmhand.internal.frames.SeriesForm", "io.farmhand.internal.records.RangeSummary",
            "io.farmhand.internal.records.Passage");
    /** As what a managed object travels, by the name of its server, and what comes of that; these cannot travel themselves. */
    private static final Set<String> REFERENCES = Set.of("io.farmhand.internal.remote.Reference",
            "io.farmhand.internal.remote.ServerKey$Name", "io.farmhand.internal.remote.ServerKey",
            "io.farmhand.internal.remote.RemoteHandler", "io.farmhand.internal.remote.LocalHandler");

    private final @Nullable ObjectInputFilter users;

    /** @param users the user's patterns; empty for none */
    StrictClasses(String users) {
        try {
            this.users = users.isEmpty() ? null : ObjectInputFilter.Config.createFilter(users);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The system property " + PROPERTY + "=" + users
                    + " cannot be read: " + e.getMessage()
                    + ". It holds patterns as jdk.serialFilter does, such as com.acme.Odd;java.awt.*;!com.other.**", e);
        }
    }

    /**
     * With the patterns of the system property.
     *
     * @throws IllegalArgumentException when they cannot be read
     */
    static StrictClasses ofProperty() {
        return new StrictClasses(System.getProperty(PROPERTY, ""));
    }

    @Override
    public @Nullable String refusal(FilterInfo info) {
        Status told = users == null ? Status.UNDECIDED : users.checkInput(info);
        Class<?> type = info.serialClass();
        return switch (told) {
            case ALLOWED -> null;
            case REJECTED -> "the patterns of " + PROPERTY + " reject it, class="
                    + (type == null ? "unknown" : Names.of(type)) + ".";
            case UNDECIDED -> type == null ? null : refusal(ClassRule.element(type));
        };
    }

    private static @Nullable String refusal(Class<?> type) {
        if (type.isPrimitive() || type.isInterface()) { // which is but named: nothing can be made of it
            return null;
        }
        if (type == Proxy.class || Proxy.isProxyClass(type)) { // nothing is let through that answers for one, but ours
            return null;
        }
        if (REFERENCES.contains(type.getName())) {
            return null;
        }
        if (InvocationHandler.class.isAssignableFrom(type)) {
            return refused("what answers for a proxy", type);
        }
        if (type == SerializedLambda.class) {
            return refused("a function", type);
        }
        if (Enum.class.isAssignableFrom(type)) {
            return null;
        }
        if (isJdk(type)) {
            return isValue(type) || isException(type)
                    ? null
                    : refused("a class of the JDK that is not among those of plain values", type);
        }
        if (isFarm(type)) {
            boolean isValue = FARM_VALUES.contains(type) || OTHERS_VALUES.contains(type.getName())
                    || Throwable.class.isAssignableFrom(type);
            return isValue ? null : refusedHandle(type);
        }
        return null;
    }

    private static String refusedHandle(Class<?> type) {
        return "workers on other hosts may send JDK values and objects of your own classes, but this is a class of the farm's"
                + " own, such as a handle that names a socket or shared memory of one host, class=" + Names.of(type)
                + ". Return a copy of what it holds, or an object of a Manager that was made here.";
    }

    private static String refused(String what, Class<?> type) {
        return "workers on other hosts may send JDK values and objects of your own classes, but this is " + what
                + ", class=" + Names.of(type) + ". Return something else; or, if you would take it from every worker of"
                + " the farm, start this JVM with -D" + PROPERTY + "=" + type.getName() + ".";
    }

    private static boolean isJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        String module = type.getModule().getName(); // the JDK's tools have the application's loader
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader())
                || (module != null && (module.startsWith("java.") || module.startsWith("jdk.")));
    }

    private static boolean isValue(Class<?> type) {
        if (Path.class.isAssignableFrom(type) || MemorySegment.class.isAssignableFrom(type)) {
            return true; // what a stand-in has become: filters see that, too
        }
        String name = type.getName();
        int nested = name.indexOf('$');
        return VALUE_PACKAGES.contains(type.getPackageName())
                || VALUES.contains(nested < 0 ? name : name.substring(0, nested));
    }

    private static boolean isException(Class<?> type) {
        return Throwable.class.isAssignableFrom(type) && EXCEPTION_MODULES.contains(type.getModule().getName())
                && type.getModule().isExported(type.getPackageName());
    }

    private static boolean isFarm(Class<?> type) {
        return type.getPackageName().equals(FARM)
                || FARM_PACKAGES.stream().anyMatch(type.getName()::startsWith);
    }
}
