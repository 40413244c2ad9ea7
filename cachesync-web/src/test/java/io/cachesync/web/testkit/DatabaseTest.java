package io.cachesync.web.testkit;

import io.cachesync.web.audit.AuditService;
import io.cachesync.web.security.SecretBox;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Clock;
import org.mybatis.spring.boot.autoconfigure.MybatisAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.transaction.annotation.Transactional;

/**
 * A slice with the real schema in an H2 in MySQL mode, all mappers, the audit log, and role checks;
 * add the services under test by {@code @Import}. Each test is rolled back.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    classes = DatabaseTest.Slice.class,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:slice;MODE=MySQL;DATABASE_TO_LOWER=TRUE;"
          + "CASE_INSENSITIVE_IDENTIFIERS=TRUE;DB_CLOSE_DELAY=-1",
      "spring.main.web-application-type=none"
    })
@Transactional
public @interface DatabaseTest {

  /**
   * What the slice is made of; no {@code @Configuration}, for that would be found by others too.
   */
  @AutoConfigurationPackage(basePackages = "io.cachesync.web")
  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    TransactionAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    MybatisAutoConfiguration.class
  })
  @EnableMethodSecurity
  @Import(AuditService.class)
  class Slice {
    @Bean
    Clock clock() {
      return Clock.systemUTC();
    }

    @Bean
    static RoleHierarchy roleHierarchy() {
      return RoleHierarchyImpl.fromHierarchy(
          "ROLE_ADMIN > ROLE_OPERATOR\nROLE_OPERATOR > ROLE_VIEWER");
    }

    @Bean
    SecretBox secretBox() {
      return new SecretBox(new byte[SecretBox.KEY_BYTES]);
    }
  }
}
