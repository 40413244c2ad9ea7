package io.cachesync.agent.cli;

import io.cachesync.agent.job.TaskFinish;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code finish}: removes a task's checkpoint from its target. */
@Command(
    name = "finish",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {
      "Removes what a task keeps at its target, once it is not to be continued.",
      "A writer of the task that still runs is ended first. Data is not touched.",
      "",
      "Ends with 0, also where nothing of the task was there, with 4 where the target cannot be"
          + " reached, with 1 where it failed.",
      ""
    },
    footer = {
      "",
      "Example, of a task that was given no name, and of one that was:",
      "  cachesync-agent finish --source redis://10.0.0.1:6379 \\",
      "    --target redis://10.0.0.2:6379",
      "  cachesync-agent finish --task orders --target redis://10.0.0.2:6379"
    })
final class FinishCommand implements Callable<Integer> {
  @Mixin private TargetOptions target;
  @Mixin private TaskOption task;

  @Option(
      names = "--source",
      paramLabel = "URI",
      description = "The task's sources, where the task was not given a name.")
  private List<String> sources = List.of();

  @Option(
      names = "--include-db",
      split = ",",
      paramLabel = "N",
      description = "The databases that were given to sync, if any.")
  private List<Integer> databases;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws FaultException {
    EndpointArguments to = target.read();
    List<EndpointArguments> from =
        EndpointArguments.ofEach(
            command, "source", sources, List.of(), EndpointArguments.Reaching.PLAINLY);
    if (from.isEmpty() && !task.isGiven()) {
      throw new ParameterException(
          command.commandLine(), "Which task? Give --task, or the --source it was started with.");
    }
    TaskFinish done = TaskFinish.run(spec(task.nameFor(from, to), to, from), to.secrets());
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        "Removed %d keys of the task from %s; %d connections of running writers were ended.%n",
        done.keysRemoved(), to.address(), done.writersEnded());
    if (done.keysRemoved() == 0) {
      out.println(
          "Nothing of it was there. A task is known by its --task, or by the --source and --target"
              + " that it was started with.");
    }
    out.flush();
    return ExitCode.DONE;
  }

  /** Only task, target and databases matter here. */
  private SyncSpec spec(String name, EndpointArguments to, List<EndpointArguments> from) {
    RedisEndpoint nowhere = new RedisEndpoint(Topology.STANDALONE, List.of(), "", null);
    FilterSpec filter = new FilterSpec(databases, false);
    if (databases == null && !from.isEmpty() && from.get(0).database().isPresent()) {
      filter = new FilterSpec(List.of(from.get(0).database().getAsInt()), false);
    }
    return SyncSpec.of(name, nowhere, to.endpoint()).filter(filter).build();
  }
}
