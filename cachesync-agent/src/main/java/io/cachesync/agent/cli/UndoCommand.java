package io.cachesync.agent.cli;

import io.cachesync.agent.job.UndoRunner;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.RepairCourse;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code undo}: puts back what a target had before a repair. */
@Command(
    name = "undo",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {
      "Puts back at the target what it had before a repair, by its undo file.",
      "Values come back with their times, and nothing where there was nothing. Writes that came"
          + " since are written over.",
      "Refused while a task moves into the same databases.",
      "",
      "Ends with 0 where all is put back, with 3 where a key could not be, with 1 where it failed.",
      ""
    },
    footer = {"", "Example:", "  cachesync-agent undo before.jsonl --target redis://10.0.0.2:6379"})
final class UndoCommand implements Callable<Integer> {
  @Mixin private TargetOptions target;

  @Parameters(paramLabel = "FILE", description = "The undo file of a repair.")
  private Path file;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws FaultException {
    EndpointArguments to = target.read();
    PrintWriter out = command.commandLine().getOut();
    StopSignal signal =
        StopSignal.install(
            command.commandLine().getErr(),
            "Stopped: not all was put back. Run the same command again to put back all of it.");
    int code = ExitCode.FAILED;
    try {
      code = putBack(to, out);
    } finally {
      signal.ended(code);
    }
    return code;
  }

  private int putBack(EndpointArguments to, PrintWriter out) throws FaultException {
    Map<RepairCourse, Long> done =
        UndoRunner.run(
            file,
            to.endpoint(),
            to.secrets(),
            key -> {
              if (!key.error().isEmpty()) {
                out.println(
                    "db%d %s: %s"
                        .formatted(key.database(), Shown.name(key.key()), Shown.line(key.error())));
              }
            });
    long failed = done.getOrDefault(RepairCourse.FAIL, 0L);
    out.println(
        "Put back %d keys, removed %d, failed %d."
            .formatted(
                done.getOrDefault(RepairCourse.WRITE, 0L),
                done.getOrDefault(RepairCourse.DELETE, 0L),
                failed));
    out.flush();
    return failed == 0 ? ExitCode.DONE : ExitCode.FOUND;
  }
}
