package io.farmhand.systemtests;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/**
 * Marks test classes that need a Docker engine. Without one they are skipped, unless the environment has
 * {@code FARM_REQUIRE_DOCKER=1}: then they fail.
 */
@Tag("docker")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(DockerTest.Engine.class)
@interface DockerTest {
    /** Looks whether there is an engine. */
    final class Engine implements ExecutionCondition {
        private static final String REQUIRED = "FARM_REQUIRE_DOCKER";

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (DockerClientFactory.instance().isDockerAvailable()) {
                return ConditionEvaluationResult.enabled("there is a Docker engine");
            }
            String why = "no Docker engine can be reached: start one, and see that this user may use it";
            if ("1".equals(System.getenv(REQUIRED))) {
                throw new IllegalStateException(REQUIRED + "=1, but " + why);
            }
            return ConditionEvaluationResult.disabled(why);
        }
    }
}
