package io.cachesync.web.check;

import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineConnections;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.ssh.RemoteScript;
import io.cachesync.web.ssh.SftpFiles;
import io.cachesync.web.ssh.SshConnection;
import io.cachesync.web.system.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Brings a program to a machine that does not have it whole. It appears there under its name once
 * all of it is written; what then has another hash is not run.
 */
@Component
class ToolDelivery {
  private static final RemoteScript VERIFY = RemoteScript.load("tool-verify");
  private static final Duration UPLOAD_LIMIT = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int EXECUTABLE = 0755;
  private static final int OWNER_ONLY = 0700;

  private final ToolPackages tools;
  private final MachineService machines;
  private final MachineConnections connections;

  ToolDelivery(ToolPackages tools, MachineService machines, MachineConnections connections) {
    this.tools = tools;
    this.machines = machines;
    this.connections = connections;
  }

  /** Takes as long as the machine needs: call it outside of a transaction. */
  void bring(ToolPackage tool, long machineId) {
    Machine machine = machines.get(machineId);
    SshConnection connection = connections.connect(machine);
    String path = tool.path(machine.basePath());
    if (isWhole(tool, path, connection)) {
      return;
    }
    try (SftpFiles files = connection.files(UPLOAD_LIMIT);
        InputStream in = tools.open(tool)) {
      files.makeDirectories(tool.directory(machine.basePath()), OWNER_ONLY);
      files.put(path, in, EXECUTABLE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!isWhole(tool, path, connection)) {
      throw Refusal.conflict("check.tool.refused.hash", machine.name());
    }
  }

  private static boolean isWhole(ToolPackage tool, String path, SshConnection connection) {
    return connection.exec(VERIFY, List.of(path), LIMIT).stdout().startsWith(tool.sha256());
  }
}
