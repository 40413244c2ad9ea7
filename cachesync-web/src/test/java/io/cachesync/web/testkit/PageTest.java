package io.cachesync.web.testkit;

import io.cachesync.web.security.SecurityConfiguration;
import io.cachesync.web.system.Problems;
import io.cachesync.web.system.SystemConfiguration;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;

/**
 * A slice with the real frame, messages and security around some controllers:
 * {@code @PageTest(MachineController.class)}; sign in by {@code @WithMockUser(roles = "VIEWER")}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WebMvcTest
@Import({SystemConfiguration.class, Problems.class, SecurityConfiguration.class})
public @interface PageTest {
  @AliasFor(annotation = WebMvcTest.class, attribute = "controllers")
  Class<?>[] value();
}
