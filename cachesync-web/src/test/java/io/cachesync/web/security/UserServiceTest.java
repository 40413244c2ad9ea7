package io.cachesync.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.ConsoleTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.test.context.support.WithMockUser;

@ConsoleTest
class UserServiceTest {
  @Autowired private UserService users;
  @Autowired private ApiTokenService tokens;

  @Test
  void nobodyAndOperatorsMayNotManageUsersAndTokens() {
    assertThatThrownBy(() -> users.list())
        .isInstanceOf(AuthenticationCredentialsNotFoundException.class);
  }

  @Test
  @WithMockUser(roles = "OPERATOR")
  void operatorsMayNot() {
    assertThatThrownBy(() -> users.add("somebody", Role.ADMIN))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> tokens.create("mine", Role.ADMIN, 1))
        .isInstanceOf(AccessDeniedException.class);
  }

  @Test
  @WithMockUser(roles = "ADMIN")
  void refusesANameThatIsTaken() {
    users.add("taken", Role.VIEWER);

    assertThatThrownBy(() -> users.add("taken", Role.VIEWER))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.field()).isEqualTo("name"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "System", "console"})
  @WithMockUser(roles = "ADMIN")
  void nobodyIsCalledAsTheConsoleCallsItself(String name) {
    assertThatThrownBy(() -> users.add(name, Role.VIEWER))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.key()).isEqualTo("security.name.taken"));
  }

  @Test
  @WithMockUser(roles = "ADMIN")
  void keepsTheLastAdmin() {
    users.list().stream()
        .filter(user -> user.role() == Role.ADMIN && !user.name().equals("admin"))
        .forEach(user -> users.change(user.id(), Role.VIEWER, true));
    UserView admin =
        users.list().stream().filter(user -> user.name().equals("admin")).findAny().orElseThrow();

    assertThatThrownBy(() -> users.change(admin.id(), Role.ADMIN, false))
        .isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> users.change(admin.id(), Role.OPERATOR, true))
        .isInstanceOf(Refusal.class);
  }
}
