package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.farmhand.internal.dispatch.JobOptions;
import io.farmhand.task.RemotePredicate;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CallOptionsTest {
    private static final CallOptions DEFAULT = CallOptions.DEFAULT;

    @Test
    void byDefaultRunsAnItemAgainOnlyAfterCrashes() {
        assertThat(DEFAULT.seed(0).forJob(false, true))
                .isEqualTo(new JobOptions(false, true, 0, 0, 5_000_000_000L, 0, 0, 2, false, 0));
        assertThat(DEFAULT.maxInFlight()).isEqualTo(Long.MAX_VALUE);
        assertThat(DEFAULT.windowBytes(77)).isEqualTo(77);
        assertThat(DEFAULT.chunkSizing()).isEqualTo(ChunkSizing.standard());
    }

    @Test
    void whatIsSetReachesTheJob() {
        CallOptions options = DEFAULT.taskTimeout(Duration.ofSeconds(3)).cancelGrace(Duration.ofMillis(5)).retries(4)
                .retryBackoff(Duration.ofMillis(6)).crashRetries(7).seed(8);
        assertThat(options.forJob(true, false))
                .isEqualTo(new JobOptions(true, false, 3_000_000_000L, 0, 5_000_000L, 4, 6_000_000L, 7, false, 8));
    }

    @Test
    void eachChangeLeavesTheOldOptionsAsTheyAre() {
        CallOptions changed = DEFAULT.retries(3);
        assertThat(changed.retries()).isEqualTo(3);
        assertThat(DEFAULT.retries()).isZero();
        assertThat(changed.seed(5).retries()).isEqualTo(3);
    }

    @Test
    void atMostOnceMeansNoRetryAfterACrash() {
        JobOptions job = DEFAULT.crashRetries(9).atMostOnce().forJob(false, true);
        assertThat(job.atMostOnce()).isTrue();
        assertThat(job.crashRetries()).isZero();
    }

    @Test
    void refusesRetriesBesideAtMostOnceInEitherOrder() {
        assertThatIllegalArgumentException().isThrownBy(() -> DEFAULT.atMostOnce().retries(2))
                .withMessageContainingAll("atMostOnce()", "retries=2", "retries(0)");
        assertThatIllegalArgumentException().isThrownBy(() -> DEFAULT.retries(2).atMostOnce())
                .withMessageContaining("retries=2");
        assertThat(DEFAULT.retries(2).retries(0).atMostOnce().retries()).isZero();
    }

    static Stream<Arguments> refused() {
        return Stream.of(refused("taskTimeout=PT0S", options -> options.taskTimeout(Duration.ZERO)),
                refused("taskTimeout=PT-1S", options -> options.taskTimeout(Duration.ofSeconds(-1))),
                refused("cancelGrace=PT-1S", options -> options.cancelGrace(Duration.ofSeconds(-1))),
                refused("retries=-1", options -> options.retries(-1)),
                refused("retryBackoff=PT-1S", options -> options.retryBackoff(Duration.ofSeconds(-1))),
                refused("crashRetries=-2", options -> options.crashRetries(-2)),
                refused("maxInFlight=0", options -> options.maxInFlight(0)),
                refused("maxInFlightBytes=-5", options -> options.maxInFlightBytes(-5)),
                refused("chunkSize=0", options -> options.chunkSizing(ChunkSizing.fixed(0))));
    }

    private static Arguments refused(String message, UnaryOperator<CallOptions> change) {
        return Arguments.of(message, change);
    }

    @ParameterizedTest
    @MethodSource
    void refused(String message, Object change) {
        @SuppressWarnings("unchecked")
        UnaryOperator<CallOptions> operator = (UnaryOperator<CallOptions>) change;
        assertThatIllegalArgumentException().isThrownBy(() -> operator.apply(DEFAULT)).withMessageContaining(message);
    }

    @Test
    void aLimitOfMoreThanALongCanTellIsAsLongAsThat() {
        assertThat(DEFAULT.taskTimeout(Duration.ofDays(400 * 366)).forJob(false, true).taskTimeoutNanos())
                .isEqualTo(Long.MAX_VALUE / 4);
    }

    @Test
    void byDefaultEveryExceptionButNoErrorIsWorthARetry() throws Exception {
        RemotePredicate<? super Throwable> retryIf = DEFAULT.retryIf();
        assertThat(retryIf.test(new Exception())).isTrue();
        assertThat(retryIf.test(new IllegalStateException())).isTrue();
        assertThat(retryIf.test(new StackOverflowError())).isFalse();
    }
}
