package io.cachesync.web.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.Folders;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

/** The embedded database as the console opens it where nothing else is set. */
class EmbeddedDatabaseTest {
  private static final int WRITERS = 4;

  private Path folder;

  @BeforeEach
  void makeFolder() {
    folder = Folders.create("embedded");
  }

  @AfterEach
  void deleteFolder() {
    Folders.delete(folder);
  }

  /** As with kill -9, in the middle of what several write. */
  @Test
  void keepsWhatItAcknowledgedWhenItsProcessIsKilled() throws Exception {
    String url = url();
    try (Connection made = DriverManager.getConnection(url, "cachesync", "");
        Statement statement = made.createStatement()) {
      statement.execute("create table written (writer int, number int)");
    }
    int[] acknowledged = new int[WRITERS];
    Process process = process(url);
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      int lines = 0;
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        String[] words = line.split(" ");
        if (words.length == 2) { // The last line may be cut.
          acknowledged[Integer.parseInt(words[0])] = Integer.parseInt(words[1]);
        }
        if (++lines == 40) {
          process.toHandle().destroyForcibly(); // What it has said is still read.
        }
      }
      assertThat(lines).as("it wrote until it was killed").isGreaterThanOrEqualTo(40);
    }
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    try (Connection again = DriverManager.getConnection(url, "cachesync", "")) {
      for (int writer = 0; writer < WRITERS; writer++) {
        assertThat(written(again, writer))
            .as("of writer " + writer)
            .isGreaterThanOrEqualTo(acknowledged[writer]);
      }
    }
  }

  private static int written(Connection connection, int writer) throws SQLException {
    try (PreparedStatement count =
        connection.prepareStatement("select count(*) from written where writer = ?")) {
      count.setInt(1, writer);
      try (ResultSet rows = count.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private String url() throws IOException {
    Object url =
        new YamlPropertySourceLoader()
            .load("defaults", new ClassPathResource("application.yml"))
            .get(0)
            .getProperty("spring.datasource.url");
    return String.valueOf(url).replace("${cachesync.data-dir}", folder.toString());
  }

  private static Process process(String url) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                classPath(),
                Writers.class.getName(),
                url))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String classPath() {
    try {
      return String.join(
          File.pathSeparator,
          Path.of(Writers.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toString(),
          Path.of(
                  Class.forName("org.h2.Driver")
                      .getProtectionDomain()
                      .getCodeSource()
                      .getLocation()
                      .toURI())
              .toString());
    } catch (ReflectiveOperationException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Several that write, a transaction for each number, and tell each once it is committed. */
  static final class Writers {
    private Writers() {}

    /**
     * @param arguments where the database is
     */
    public static void main(String[] arguments) {
      for (int writer = 0; writer < WRITERS; writer++) {
        int own = writer;
        new Thread(() -> write(arguments[0], own)).start();
      }
    }

    private static void write(String url, int writer) {
      AtomicInteger number = new AtomicInteger();
      try (Connection connection = DriverManager.getConnection(url, "cachesync", "");
          PreparedStatement insert =
              connection.prepareStatement("insert into written (writer, number) values (?, ?)")) {
        while (true) {
          insert.setInt(1, writer);
          insert.setInt(2, number.incrementAndGet());
          insert.executeUpdate();
          System.out.println(writer + " " + number);
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
