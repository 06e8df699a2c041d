package io.farmhand.internal.code;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Notes down, while the files of a jar or a class directory are gone through, which versions of class files there are and
 * whose classes they are. Used by one thread, once.
 *
 * <p><b>Whose they are.</b> The farm's own jars do not travel: agents have them, and theirs come first on a worker's class
 * path. They are told by what they hold, for a name says little and the place from which classes are loaded says whose are
 * used, not what else is there. A jar is the farm's if one of {@link #MARKERS} is in it and no class of anybody else. So a
 * user's jar into which farm and libraries were packed is the user's, by the user's own classes in it, and travels whole.
 */
final class ContentNotes {
    private static final String SUFFIX = ".class";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final Pattern VERSIONED = Pattern.compile("META-INF/versions/(\\d{1,4})/(.*)");
    private static final int MAGIC = 0xcafebabe;
    /** The magic number and the versions of a class file. */
    static final int HEAD_BYTES = 8;

    /** One class of each of the farm's modules. */
    static final List<String> MARKERS = List.of("io/farmhand/internal/proto/Boot.class",
            "io/farmhand/task/RemoteFunction.class", "io/farmhand/internal/worker/WorkerMain.class",
            "io/farmhand/Pool.class");
    private static final String FARM = "io/farmhand/";
    /** Where {@code coordinator.jar} has the libraries, under names of its own. */
    private static final String INNER_LIBRARIES = "io/farmhand/internal/netty/";
    /**
     * The packages of the libraries that the farm's modules need. One text that begins with none of them: strings that do are
     * given the names of coordinator.jar by its build.
     */
    private static final List<String> LIBRARIES = List.of("""
            : io/grpc/ io/netty/ io/perfmark/ com/google/common/ com/google/thirdparty/ com/google/errorprone/
            com/google/j2objc/ com/google/gson/ com/google/protobuf/ com/google/api/ com/google/apps/card/
            com/google/cloud/audit/ com/google/cloud/location/ com/google/geo/type/ com/google/logging/type/
            com/google/longrunning/ com/google/rpc/ com/google/shopping/type/ com/google/type/ android/annotation/
            javax/annotation/ org/codehaus/mojo/animal_sniffer/ org/jspecify/ picocli/""".split("\\s+"));

    private record Kind(int release, int major, int minor) {}

    private final Map<Kind, String> versions = new LinkedHashMap<>();
    private final Map<Kind, String> versionsIfMultiRelease = new HashMap<>();
    private boolean hasMarker;
    private boolean hasFarm;
    private boolean hasLibraries;
    private boolean hasInnerLibraries;
    private boolean hasOthers;
    private boolean isEmpty = true;

    static boolean isClass(String name) {
        return name.endsWith(SUFFIX);
    }

    /**
     * Notes a file.
     *
     * @param name relative to the root, with slashes
     * @param head its first {@link #HEAD_BYTES} bytes, if it is a class file and has as many
     */
    void add(String name, byte[] head) {
        isEmpty &= name.equals(MANIFEST) || name.endsWith("/");
        if (!isClass(name)) {
            return;
        }
        Matcher versioned = VERSIONED.matcher(name);
        boolean inVersions = versioned.matches();
        String file = inVersions ? versioned.group(2) : name;
        if (file.substring(file.lastIndexOf('/') + 1).equals("module-info.class")) {
            return; // nobody loads it from a class path
        }
        noteOrigin(file);
        if (head.length == HEAD_BYTES && number(head, 0, 4) == MAGIC) {
            int release = inVersions ? Integer.parseInt(versioned.group(1)) : 0;
            Kind kind = new Kind(release, number(head, 6, 2), number(head, 4, 2));
            String className = file.substring(0, file.length() - SUFFIX.length()).replace('/', '.');
            String _ = (inVersions ? versionsIfMultiRelease : versions).putIfAbsent(kind, className);
        }
    }

    private void noteOrigin(String file) {
        if (file.startsWith(FARM)) {
            hasFarm = true;
            hasMarker |= MARKERS.contains(file);
            hasInnerLibraries |= file.startsWith(INNER_LIBRARIES);
        } else if (LIBRARIES.stream().anyMatch(file::startsWith)) {
            hasLibraries = true;
        } else {
            hasOthers = true;
        }
    }

    private static int number(byte[] bytes, int from, int count) {
        int number = 0;
        for (int i = from; i < from + count; i++) {
            number = number << 8 | (bytes[i] & 0xff);
        }
        return number;
    }

    Origin origin() {
        if (hasOthers || (hasFarm && !hasMarker)) { // such as examples, in a package of the farm's but not of it
            return Origin.USER;
        }
        if (hasMarker) {
            return hasLibraries || hasInnerLibraries ? Origin.WHOLE_FARM : Origin.FARM;
        }
        return hasLibraries ? Origin.LIBRARIES : Origin.USER;
    }

    boolean isEmpty() {
        return isEmpty;
    }

    /** @param isMultiRelease whether the files in {@code META-INF/versions} are in use */
    List<ClassVersion> versions(boolean isMultiRelease) {
        Map<Kind, String> all = new LinkedHashMap<>(versions);
        if (isMultiRelease) {
            all.putAll(versionsIfMultiRelease);
        }
        return all.entrySet().stream().map(entry -> ClassVersion.of(entry.getKey().release(), entry.getKey().major(),
                entry.getKey().minor(), entry.getValue())).toList();
    }
}
