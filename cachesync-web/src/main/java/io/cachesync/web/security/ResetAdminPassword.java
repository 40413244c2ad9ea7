package io.cachesync.web.security;

import io.cachesync.web.audit.AuditService;
import io.cachesync.web.system.DataDirectoryInitializer;
import java.time.Clock;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * The command {@code java -jar cachesync-web.jar reset-admin-password [settings]}, the command
 * wherever among the settings: gives the user {@code admin} a new password on the configured
 * database, enables it, ends its sessions, and prints the password. It takes part in nothing else
 * that a console does.
 */
public final class ResetAdminPassword {
  public static final String VERB = "reset-admin-password";

  private ResetAdminPassword() {}

  /** Answers the exit code. */
  public static int run(Class<?> console, String[] settings) {
    ConfigurableApplicationContext context;
    try {
      context = start(console, settings);
    } catch (RuntimeException e) {
      // Why was said while starting.
      return 1;
    }
    try (context) {
      System.out.printf(
          "%nUser: %s%nPassword: %s%nIt has to be changed at the next sign-in.%n",
          FirstStart.ADMIN, reset(context));
    }
    return 0;
  }

  private static ConfigurableApplicationContext start(Class<?> console, String[] settings) {
    return new SpringApplicationBuilder(console)
        .web(WebApplicationType.NONE)
        .initializers(new DataDirectoryInitializer())
        .properties(
            "spring.quartz.auto-startup=false",
            "logging.level.root=error",
            "logging.level.io.cachesync=error",
            "spring.main.log-startup-info=false")
        .run(settings);
  }

  private static String reset(ConfigurableApplicationContext context) {
    ConsoleUserMapper users = context.getBean(ConsoleUserMapper.class);
    PasswordEncoder encoder = context.getBean(PasswordEncoder.class);
    String password = Passwords.generate();
    String hash = encoder.encode(password);
    ConsoleUser admin = users.findByName(FirstStart.ADMIN);
    if (admin == null) {
      Clock clock = context.getBean(Clock.class);
      users.insert(
          new ConsoleUser(
              null, FirstStart.ADMIN, hash, Role.ADMIN, true, true, clock.instant(), null));
    } else {
      users.setPassword(FirstStart.ADMIN, hash, true);
      users.setRole(admin.id(), Role.ADMIN, true);
    }
    context
        .getBean(AuditService.class)
        .recordAs("command line", "user.resetPassword", FirstStart.ADMIN, null);
    context.getBean(Sessions.class).end(FirstStart.ADMIN);
    return password;
  }
}
