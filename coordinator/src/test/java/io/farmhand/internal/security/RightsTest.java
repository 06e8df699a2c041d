package io.farmhand.internal.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ServiceDescriptor;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class RightsTest {
    private static final ServiceDescriptor SERVICE = TestService.definition().getServiceDescriptor();

    @Test
    void isForNobodyUnlessItIsInTheTable() {
        Rights rights = TestService.rights();
        assertThat(rights.callers("farmhand.test.Text/Join")).containsExactly(Role.WORKER);
        assertThat(rights.callers("farmhand.test.Text/Talk")).containsExactly(Role.WORKER, Role.CLIENT);
        assertThat(rights.callers("farmhand.test.Text/Forgotten")).isEmpty();
        assertThat(rights.callers("farmhand.test.Text/Other")).isEmpty();
    }

    @Test
    void mustNameEachMethodOfItsServicesAndNoOther() {
        assertThatThrownBy(() -> Rights.builder().allow(Role.WORKER, TestService.JOIN).of(SERVICE))
                .hasMessageContaining("farmhand.test.Text/Forgotten");
        assertThatThrownBy(() -> Rights.builder().allow(Role.WORKER, TestService.JOIN).of())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
