package io.cachesync.agent;

import io.cachesync.agent.cli.AgentCommand;

/** Entry point of the agent's runnable jar. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(AgentCommand.run(args));
  }
}
