package io.cachesync.web;

import io.cachesync.web.security.ResetAdminPassword;
import io.cachesync.web.system.DataDirectoryInitializer;
import java.util.TimeZone;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the console. */
@SpringBootApplication
public class Main {
  public static void main(String[] args) {
    // Times in the database are UTC, wherever the consoles that share it stand.
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    if (args.length > 0 && args[0].equals(ResetAdminPassword.VERB)) {
      System.exit(ResetAdminPassword.run(Main.class, args));
    }
    SpringApplication console = new SpringApplication(Main.class);
    console.addInitializers(new DataDirectoryInitializer());
    console.run(args);
  }
}
