package io.farmhand.systemtests;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks test classes that start processes. Each of their tests
 * <ul>
 * <li>has a hard timeout: when it passes, the stacks of this JVM and of all JVMs below it are printed, those JVMs are
 * killed, and the test fails, whether its thread can be interrupted or not;
 * <li>must leave nothing behind: no process, no farm's directory, no {@code farm-*} thread, no descriptors. What was
 * there when the test began, such as the workers of a pool that a class shares, must still be there, too.
 * </ul>
 * On a method it overrides what stands on the class.
 */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(FarmWatch.class)
@interface FarmTest {
    /** The timeout of each test, and of each method before and after it. */
    int seconds() default 60;

    /** Whether tests may end workers of a pool that they share: then as many must be there after it, not the same. */
    boolean replacesWorkers() default false;
}
