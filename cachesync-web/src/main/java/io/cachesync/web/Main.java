package io.cachesync.web;

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
    SpringApplication console = new SpringApplication(Main.class);
    console.addInitializers(new DataDirectoryInitializer());
    console.run(args);
  }
}
