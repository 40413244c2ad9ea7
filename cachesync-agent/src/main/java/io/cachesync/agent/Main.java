package io.cachesync.agent;

/** Entry point of the agent's runnable jar. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(2);
  }
}
