package io.farmhand.systemtests;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessField;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the arrows and the layout of the modules and packages. */
class ArchitectureTest {
    private static final Pattern MODULE = Pattern.compile(
            "/(?:farmhand-)?(proto|common|worker|coordinator|examples|dataframe|bench)(?:/target/|-\\d[^/]*\\.jar)");
    /** The modules whose code runs in the user's JVMs. */
    private static final List<String> LIBRARY = List.of("proto", "common", "worker", "coordinator", "dataframe");
    private static final String PROTO = "io.farmhand.internal.proto";

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.farmhand");

    private static String module(JavaClass type) {
        String uri = type.getSource().map(Source::getUri).orElseThrow().toString();
        Matcher module = MODULE.matcher(uri);
        assertThat(module.find()).as("a module in %s", uri).isTrue();
        return module.group(1);
    }

    private static DescribedPredicate<JavaClass> in(String module) {
        return DescribedPredicate.describe("in module " + module,
                type -> type.getPackageName().startsWith("io.farmhand") && type.getSource().isPresent()
                        && module(type).equals(module));
    }

    private static DescribedPredicate<JavaClass> inLibrary() {
        return DescribedPredicate.describe("in the library",
                type -> !type.getPackageName().equals(PROTO) && LIBRARY.contains(module(type)));
    }

    // ---- modules ----

    @Test
    void findsEveryModule() {
        assertThat(ALL.stream().map(ArchitectureTest::module).collect(Collectors.toSet())).containsAll(LIBRARY)
                .contains("examples");
    }

    @Test
    void eachPackageStandsInOneModule() {
        Map<String, Set<String>> modules = new TreeMap<>();
        ALL.forEach(type -> modules.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>()).add(module(type)));
        assertThat(modules).isNotEmpty().allSatisfy((name, in) -> assertThat(in).as(name).hasSize(1));
    }

    @Test
    void protoHoldsGeneratedCodeAndNothingElse() {
        classes().that(in("proto")).should().resideInAPackage(PROTO).check(ALL);
        classes().that().resideInAPackage(PROTO).should(ArchCondition.from(in("proto"))).check(ALL);
    }

    @Test
    void commonDependsOnProtoOnly() {
        noClasses().that(in("common")).should().dependOnClassesThat(in("worker")).orShould()
                .dependOnClassesThat(in("coordinator")).orShould().dependOnClassesThat(in("dataframe")).orShould()
                .dependOnClassesThat(in("examples")).check(ALL);
    }

    @Test
    void theWorkerDependsOnCommonOnlyAndIsImportedByNobody() {
        noClasses().that(in("worker")).should().dependOnClassesThat(in("coordinator")).orShould()
                .dependOnClassesThat(in("examples")).check(ALL);
        noClasses().that(not(in("worker"))).should().dependOnClassesThat(in("worker")).check(ALL);
        classes().that(in("worker")).should().resideInAPackage("io.farmhand.internal.worker..").check(ALL);
    }

    @Test
    void theCoordinatorDependsOnNoUserOfIt() {
        noClasses().that(in("coordinator")).should().dependOnClassesThat(in("dataframe")).orShould()
                .dependOnClassesThat(in("examples")).check(ALL);
        noClasses().that(in("dataframe")).should().dependOnClassesThat(in("examples")).check(ALL);
        noClasses().that(in("dataframe")).should().dependOnClassesThat(resideInAPackage("io.farmhand.cli.."))
                .check(ALL);
    }

    @Test
    void examplesUsePublicPackagesOnly() {
        noClasses().that(in("examples")).should().dependOnClassesThat(resideInAPackage("io.farmhand.internal.."))
                .check(ALL);
    }

    // ---- packages ----

    @Test
    void theDispatchersPartsDoNotKnowEachOtherNorWhoUsesThem() {
        List<String> parts = List.of("chunk", "gather", "channel", "process");
        for (String part : parts) {
            String[] others = parts.stream().filter(other -> !other.equals(part))
                    .map(other -> "io.farmhand.internal." + other + "..").toArray(String[]::new);
            noClasses().that().resideInAPackage("io.farmhand.internal." + part + "..").should()
                    .dependOnClassesThat(resideInAnyPackage(others).or(resideInAnyPackage("io.farmhand",
                            "io.farmhand.cli..", "io.farmhand.internal.dispatch..", "io.farmhand.internal.local..")))
                    .check(ALL);
        }
    }

    /** So that a backend of somebody else's can do all that ours do. */
    @Test
    void theDispatcherKnowsItsWorkersByTheBackendsInterfaceOnly() {
        noClasses().that().resideInAPackage("io.farmhand.internal.dispatch..").should()
                .dependOnClassesThat(resideInAnyPackage("io.farmhand.internal.channel..",
                        "io.farmhand.internal.process..", "io.farmhand.internal.local.."))
                .check(ALL);
        noClasses().that().resideInAPackage("io.farmhand.backend..").should()
                .dependOnClassesThat(resideInAnyPackage("io.farmhand", "io.farmhand.internal..", "io.farmhand.cli.."))
                .check(ALL);
    }

    @Test
    void internalPackagesOfTheCoordinatorDoNotKnowItsApi() {
        noClasses().that().resideInAPackage("io.farmhand.internal..").should()
                .dependOnClassesThat(resideInAnyPackage("io.farmhand", "io.farmhand.cli..")).check(ALL);
    }

    @Test
    void onlyTheEdgesTouchGeneratedMessages() {
        noClasses().that()
                .resideOutsideOfPackages(PROTO, "io.farmhand.internal.wire", "io.farmhand.internal.channel",
                        "io.farmhand.internal.process", "io.farmhand.internal.worker", "io.farmhand.internal.cluster")
                .should().dependOnClassesThat(resideInAPackage(PROTO)).check(ALL);
        noClasses().that().resideInAPackage("io.farmhand.internal.process").should()
                .dependOnClassesThat(resideInAPackage(PROTO)
                        .and(DescribedPredicate.describe("not Boot", type -> !type.getSimpleName().startsWith("Boot")
                                && !type.getName().contains("Boot$"))))
                .check(ALL);
    }

    @Test
    void internalPackagesHaveNoCycles() {
        slices().matching("io.farmhand.internal.(*)..").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void publicSignaturesExposeNoInternalTypes() {
        exposesNothingInternal().check(ALL);
    }

    private static ArchRule exposesNothingInternal() {
        return classes().that().arePublic().and().resideInAPackage("io.farmhand..").and()
                // The command line is no library: what its parts show they show each other.
                .resideOutsideOfPackages("io.farmhand.internal..", "io.farmhand.cli.*")
                .should(new ArchCondition<>("expose no internal types") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getCodeUnits().stream().filter(ArchitectureTest::isExposed).forEach(unit -> {
                            expose(type, unit, unit.getRawReturnType(), events);
                            unit.getRawParameterTypes().forEach(parameter -> expose(type, unit, parameter, events));
                            unit.getThrowsClause().getTypes().forEach(thrown -> expose(type, unit, thrown, events));
                        });
                        type.getRawSuperclass().ifPresent(parent -> expose(type, null, parent, events));
                        type.getRawInterfaces().forEach(parent -> expose(type, null, parent, events));
                    }
                });
    }

    private static boolean isExposed(JavaCodeUnit unit) {
        return (unit.getModifiers().contains(JavaModifier.PUBLIC)
                || unit.getModifiers().contains(JavaModifier.PROTECTED))
                && !unit.getModifiers().contains(JavaModifier.SYNTHETIC);
    }

    private static void expose(JavaClass type, Object unit, JavaClass shown, ConditionEvents events) {
        boolean isInternal = shown.getBaseComponentType().getPackageName().startsWith("io.farmhand.internal");
        events.add(new SimpleConditionEvent(type, !isInternal, (unit == null ? type : unit) + " shows " + shown));
    }

    // ---- habits ----

    @Test
    void theLibraryLogsThroughSystemLogger() {
        // The command line decides what others' records become.
        logsOtherwise(inLibrary().and(not(resideInAPackage("io.farmhand.cli")))).check(ALL);
    }

    private static ArchRule logsOtherwise(DescribedPredicate<JavaClass> where) {
        return noClasses().that(where).should()
                .dependOnClassesThat(resideInAnyPackage("java.util.logging..", "org.slf4j..", "org.apache.logging..",
                        "org.apache.commons.logging.."));
    }

    @Test
    void theLibraryDoesNotPrint() {
        prints(inLibrary().and(DescribedPredicate.describe("not for that",
                type -> !type.getName().startsWith("io.farmhand.WorkerOutput")
                        // joblib's lines go where joblib's go
                        && !type.getName().equals("io.farmhand.ParallelReport")
                        && !type.getPackageName().startsWith("io.farmhand.cli"))))
                .check(ALL);
    }

    private static ArchRule prints(DescribedPredicate<JavaClass> where) {
        return noClasses().that(where).should(accessField(System.class, "out"));
    }

    @Test
    void nobodySleeps() {
        sleeps(DescribedPredicate.alwaysTrue()).check(ALL);
    }

    private static ArchRule sleeps(DescribedPredicate<JavaClass> where) {
        return noClasses().that(where).should().callMethod(Thread.class, "sleep", long.class).orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class).orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class).orShould()
                .callMethod(TimeUnit.class, "sleep", long.class);
    }

    // ---- the rules themselves ----

    /** Does all that a class of the library may not. */
    public static final class Sinner {
        private Sinner() {}

        @SuppressWarnings("unused")
        static void sin() throws InterruptedException {
            Logger.getLogger("sinner").info("logs");
            System.out.println("prints");
            Thread.sleep(1);
        }
    }

    @Test
    void theRulesSeeWhatIsAgainstThem() {
        JavaClasses sinner = new ClassFileImporter().importClasses(Sinner.class);
        DescribedPredicate<JavaClass> any = DescribedPredicate.alwaysTrue();
        for (ArchRule rule : List.of(logsOtherwise(any), prints(any), sleeps(any))) {
            assertThat(rule.evaluate(sinner).hasViolation()).as(rule.getDescription()).isTrue();
        }
        ArchRule dispatchKnowsNoGather = noClasses().that().resideInAPackage("io.farmhand.internal.dispatch..").should()
                .dependOnClassesThat(resideInAPackage("io.farmhand.internal.gather.."));
        assertThat(dispatchKnowsNoGather.evaluate(ALL).hasViolation()).isTrue();
        ArchRule poolKnowsNobody = noClasses().that(in("coordinator")).should().dependOnClassesThat(in("common"));
        assertThat(poolKnowsNobody.evaluate(ALL).hasViolation()).isTrue();
    }

    /** Clocks of two hosts may be apart, and may be set: time is measured, never read. */
    @Test
    void nothingThatHostsDoTogetherDependsOnAWallClock() {
        noClasses().that().resideInAnyPackage("io.farmhand.backend", "io.farmhand.internal.cluster",
                "io.farmhand.internal.dispatch", "io.farmhand.internal.channel", "io.farmhand.internal.wire",
                "io.farmhand.internal.gather", "io.farmhand.internal.worker")
                .should().callMethod(System.class, "currentTimeMillis")
                .orShould().callMethod(Instant.class, "now")
                .orShould().dependOnClassesThat().areAssignableTo(InstantSource.class)
                .check(ALL);
    }
}
