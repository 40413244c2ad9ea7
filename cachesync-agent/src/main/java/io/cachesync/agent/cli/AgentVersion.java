package io.cachesync.agent.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest states. */
final class AgentVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = AgentVersion.class.getPackage().getImplementationVersion();
    return new String[] {"cachesync-agent " + (version == null ? "(not packaged)" : version)};
  }
}
