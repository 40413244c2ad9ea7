package io.cachesync.web.ssh;

import java.util.List;

/**
 * How a command ended.
 *
 * @param exitStatus the command's exit code, -1 where a signal ended it
 * @param stdout standard output, at most {@link SshConnection#OUTPUT_LIMIT} characters
 * @param stderr standard error, bounded likewise
 */
public record ExecResult(int exitStatus, String stdout, String stderr) {
  public List<String> lines() {
    return stdout.lines().toList();
  }
}
