package io.cachesync.web.system;

import java.sql.SQLException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says in one sentence why the console does not start. */
final class StartFailures {
  private StartFailures() {}

  /** What the console itself found. */
  @Order(Ordered.HIGHEST_PRECEDENCE)
  static final class Refused extends AbstractFailureAnalyzer<RefusesToStartException> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, RefusesToStartException cause) {
      return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
  }

  /** The database cannot be used. */
  @Order(Ordered.HIGHEST_PRECEDENCE + 1)
  static final class Database extends AbstractFailureAnalyzer<SQLException> {
    private static final int H2_IN_USE = 90020;
    private static final String NO_CONNECTION = "08";
    private static final String NO_LOGIN = "28";
    private static final int UNKNOWN_DATABASE = 1049;
    private static final int ACCESS_TO_DATABASE_DENIED = 1044;

    private final Environment environment;

    Database(Environment environment) {
      this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable failure, SQLException cause) {
      String url = address(environment.getProperty("spring.datasource.url", ""));
      String state = cause.getSQLState() == null ? "" : cause.getSQLState();
      if (cause.getErrorCode() == H2_IN_USE) {
        return new FailureAnalysis(
            "Another console already uses the embedded database in "
                + environment.getProperty("cachesync.data-dir", "data")
                + ".",
            "Stop it, or move to MySQL, which several consoles can share.",
            cause);
      }
      if (state.startsWith(NO_LOGIN) || cause.getErrorCode() == ACCESS_TO_DATABASE_DENIED) {
        return new FailureAnalysis(
            "The database at " + url + " refuses the user name or the password.",
            "Check spring.datasource.username, spring.datasource.password and the user's rights.",
            cause);
      }
      if (cause.getErrorCode() == UNKNOWN_DATABASE) {
        return new FailureAnalysis(
            "There is no such database: " + url + ".",
            "Create it: CREATE DATABASE cachesync CHARACTER SET utf8mb4.",
            cause);
      }
      if (state.startsWith(NO_CONNECTION)) {
        return new FailureAnalysis(
            "The database at " + url + " cannot be reached.",
            "Check spring.datasource.url, and that the server runs and lets this host in.",
            cause);
      }
      return null;
    }

    /** Without the parameters, among which there may be a password. */
    private static String address(String url) {
      int end = url.indexOf(url.startsWith("jdbc:h2") ? ';' : '?');
      return end < 0 ? url : url.substring(0, end);
    }
  }
}
