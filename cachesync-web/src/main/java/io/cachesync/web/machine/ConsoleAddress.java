package io.cachesync.web.machine;

import io.cachesync.web.system.Settings;
import java.net.URI;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Where agents find this console. */
@Component
public class ConsoleAddress {
  static final String HELLO = "/agent/v1/hello";
  static final String REPORTS = "/agent/v1/reports";
  private static final String INSTALLATION = "installation-id";

  private final Environment environment;
  private final Settings settings;

  ConsoleAddress(Environment environment, Settings settings) {
    this.environment = environment;
    this.settings = settings;
  }

  /** The address that was set for machines, without a slash at its end, or empty. */
  public String machineUrl() {
    return environment.getProperty("cachesync.machine-url", "").strip().replaceAll("/+$", "");
  }

  /** Where an agent on the machine reports, through the given forwarded port where one is used. */
  public String reportUrl(Machine machine, int forwardedPort) {
    return base(machine.reportRoute(), forwardedPort) + REPORTS;
  }

  /** What tells this installation from another that answers at the same address. */
  public String installationId() {
    return settings
        .find(INSTALLATION)
        .orElseGet(() -> settings.putIfAbsent(INSTALLATION, UUID.randomUUID().toString()));
  }

  URI hello(ReportRoute route, int forwardedPort) {
    return URI.create(base(route, forwardedPort) + HELLO);
  }

  /** Host of this console as it sees itself. */
  public String localHost() {
    String address = environment.getProperty("server.address", "");
    return address.isEmpty() || address.equals("0.0.0.0") || address.equals("::")
        ? "127.0.0.1"
        : address;
  }

  public int localPort() {
    return environment.getRequiredProperty("local.server.port", Integer.class);
  }

  public boolean usesTls() {
    boolean named =
        Stream.of("bundle", "certificate", "key-store")
            .anyMatch(each -> environment.containsProperty("server.ssl." + each));
    return named && environment.getProperty("server.ssl.enabled", Boolean.class, true);
  }

  private String base(ReportRoute route, int forwardedPort) {
    return route == ReportRoute.DIRECT
        ? machineUrl()
        : (usesTls() ? "https" : "http") + "://127.0.0.1:" + forwardedPort;
  }
}
