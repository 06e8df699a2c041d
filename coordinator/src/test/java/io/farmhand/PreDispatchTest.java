package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreDispatchTest {
    @ParameterizedTest
    @CsvSource({"2*n_jobs, 4, 8", "2 * n_jobs, 4, 8", "n_jobs*3, 4, 12", "n_jobs, 4, 4", "1.5*n_jobs, 2, 3",
            "1.5*n_jobs, 3, 4", "0.1*n_jobs, 2, 1", "all, 4, 2147483647", "10, 4, 10",
            "999999999*n_jobs, 9, 2147483647"})
    void readsJoblibsExpressions(String text, int jobs, int batches) {
        assertThat(PreDispatch.parse(text).batches(jobs)).isEqualTo(batches);
    }

    @ParameterizedTest
    @CsvSource({"2xn_jobs, 2*n_jobs", "3*njobs, 3*n_jobs", "2*n_jobs*2, 2*n_jobs", "n_job, n_jobs",
            "n_jobs**2, 2*n_jobs",
            "0*n_jobs, n_jobs", "0, 2*n_jobs", "-1, 1", "1.5, 1", "al, all", "ALL, all", "everything, 2*n_jobs",
            "'', 2*n_jobs",
            "__import__('os'), 2*n_jobs", "99999999999, 999999999"})
    void refusesOthersWithWhatWasProbablyMeant(String text, String meant) {
        assertThatThrownBy(() -> PreDispatch.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("preDispatch=\"" + text + "\"").hasMessageContaining("mean \"" + meant + "\"");
    }
}
