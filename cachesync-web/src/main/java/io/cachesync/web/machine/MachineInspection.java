package io.cachesync.web.machine;

import io.cachesync.web.ssh.RemoteScript;
import io.cachesync.web.ssh.SftpFiles;
import io.cachesync.web.ssh.SshConnection;
import io.cachesync.web.ssh.SshFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Finds out what a machine is and has. */
@Component
class MachineInspection {
  static final int OLDEST_JAVA = 17;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final RemoteScript FACTS = RemoteScript.load("machine-facts");

  /** The base directory as it is on the machine. */
  String basePath(Machine machine, SshConnection connection) {
    String typed = machine.baseDir();
    if (typed.startsWith("/")) {
      return typed;
    }
    String rest = typed.substring(typed.indexOf('/'));
    try (SftpFiles files = connection.files(LIMIT)) {
      String path = files.home() + rest;
      if (!SftpFiles.isUsable(path)) {
        throw new SshFault(
            SshFault.Code.FILE_FAILED,
            machine.address() + ": " + path + " cannot be used as base directory",
            null,
            machine.address(),
            path);
      }
      return path;
    }
  }

  MachineFacts facts(Machine machine, SshConnection connection) {
    String basePath = basePath(machine, connection);
    Map<String, String> facts = new HashMap<>();
    List<String> javas = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String line : connection.run(FACTS, List.of(basePath), LIMIT).lines()) {
      int equals = line.indexOf('=');
      String name = equals < 0 ? "" : line.substring(0, equals);
      String value = line.substring(equals + 1);
      switch (name) {
        case "java" -> javas.add(value);
        case "missing" -> missing.add(value);
        default -> facts.put(name, value);
      }
    }
    String java = javas.stream().filter(each -> major(each) >= OLDEST_JAVA).findFirst().orElse("");
    int blank = java.indexOf(' ');
    return new MachineFacts(
        facts.getOrDefault("os", "") + " (" + facts.getOrDefault("kernel", "") + ")",
        (int) number(facts, "cpus"),
        number(facts, "memory_kb") * 1024,
        number(facts, "available_kb") * 1024,
        number(facts, "disk_kb") * 1024,
        number(facts, "millis"),
        basePath,
        blank < 0 ? null : java.substring(blank + 1),
        blank < 0 ? null : java.substring(0, blank),
        String.join(", ", missing));
  }

  /** {@code 17.0.15}, {@code 21} or {@code 1.8.0_402}. */
  static int major(String version) {
    String[] parts = version.split("[^0-9]+", 3);
    if (parts.length == 0 || parts[0].isEmpty()) {
      return 0;
    }
    int first = Integer.parseInt(parts[0]);
    return first == 1 && parts.length > 1 ? Integer.parseInt(parts[1]) : first;
  }

  private static long number(Map<String, String> facts, String name) {
    String text = facts.getOrDefault(name, "");
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }
}
