package io.cachesync.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.testkit.Mappers;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the mappers must do on every database. */
abstract class SecurityMappersCases {
  /** Whole seconds: MySQL's driver takes a MariaDB 10 for a server that keeps no more. */
  private static final Instant NOW = Instant.parse("2026-03-29T00:30:00Z");

  private Mappers mappers;

  abstract Mappers open();

  @BeforeEach
  void openMappers() {
    mappers = open();
  }

  @AfterEach
  void closeMappers() {
    mappers.close();
  }

  @Test
  void keepsUsersWithTheirTimes() {
    ConsoleUserMapper users = mappers.get(ConsoleUserMapper.class);
    ConsoleUser user = new ConsoleUser(null, "张三", "hash", Role.ADMIN, true, true, NOW, null);

    assertThat(users.insert(user)).isEqualTo(1);
    assertThat(users.insert(user)).as("the name is taken").isZero();
    users.signedIn("张三", NOW.plusSeconds(1));
    users.setPassword("张三", "other", false);

    assertThat(users.findByName("张三"))
        .satisfies(
            found -> {
              assertThat(found.createdAt()).isEqualTo(NOW);
              assertThat(found.lastSignInAt()).isEqualTo(NOW.plusSeconds(1));
              assertThat(found.passwordHash()).isEqualTo("other");
              assertThat(found.mustChangePassword()).isFalse();
              assertThat(found.role()).isEqualTo(Role.ADMIN);
            });
    assertThat(users.lockAdmins()).containsExactly("张三");
    assertThat(users.count()).isEqualTo(1);
  }

  @Test
  void countsFailuresPerNameAndAddress() {
    SignInFailureMapper failures = mappers.get(SignInFailureMapper.class);
    failures.failed("a", "10.0.0.1", NOW);
    failures.failed("a", "10.0.0.1", NOW.plusSeconds(5));
    failures.failed("a", "10.0.0.2", NOW.plusSeconds(9));

    assertThat(failures.find("a", "10.0.0.1"))
        .isEqualTo(new SignInFailure("a", "10.0.0.1", 2, NOW.plusSeconds(5)));
    failures.forgetBefore(NOW.plusSeconds(6));
    assertThat(failures.find("a", "10.0.0.1")).isNull();
    failures.forget("a", "10.0.0.2");
    assertThat(failures.find("a", "10.0.0.2")).isNull();
  }

  @Test
  void findsTokensByTheirHash() {
    ApiTokenMapper tokens = mappers.get(ApiTokenMapper.class);
    String hash = ApiTokenService.hash("cst_x");
    tokens.insert(
        new ApiToken(null, "ci", hash, Role.VIEWER, "admin", NOW, NOW.plusSeconds(60), null));

    ApiToken found = tokens.findByHash(hash);
    tokens.used(found.id(), NOW, NOW.minusSeconds(60));
    tokens.used(found.id(), NOW.plusSeconds(1), NOW.minusSeconds(59));

    assertThat(tokens.find(found.id()).lastUsedAt()).as("once a minute").isEqualTo(NOW);
    assertThat(tokens.delete(found.id())).isEqualTo(1);
    assertThat(tokens.list()).isEmpty();
  }
}
