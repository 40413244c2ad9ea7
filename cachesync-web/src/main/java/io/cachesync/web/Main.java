package io.cachesync.web;

import io.cachesync.web.security.ResetAdminPassword;
import io.cachesync.web.system.DataDirectoryInitializer;
import java.util.TimeZone;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the console. */
@SpringBootApplication
public class Main {
  private static final int BAD_ARGUMENTS = 2;

  public static void main(String[] args) {
    // Times in the database are UTC, wherever the consoles that share it stand.
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    CommandLine line = CommandLine.of(args);
    if (line.refusal() != null) {
      System.err.println(line.refusal());
      System.exit(BAD_ARGUMENTS);
    }
    String[] settings = line.settings().toArray(String[]::new);
    if (line.resetsPassword()) {
      System.exit(ResetAdminPassword.run(Main.class, settings));
    }
    SpringApplication console = new SpringApplication(Main.class);
    console.addInitializers(new DataDirectoryInitializer());
    console.run(settings);
  }
}
