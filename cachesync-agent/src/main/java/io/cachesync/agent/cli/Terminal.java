package io.cachesync.agent.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The window that standard output goes to. */
final class Terminal {
  private static final int USUAL_COLUMNS = 80;

  /** A window is made wider or narrower by hand. */
  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(3);

  private int columns = USUAL_COLUMNS;
  private boolean isAsked = true;
  private long askedNanos = System.nanoTime() - ASK_AGAIN_NANOS;

  /**
   * Whether lines can be drawn over: standard output is a terminal, which can do it ({@code TERM}).
   * {@code NO_COLOR} says nothing to it: nothing is coloured, and a bar is no colour.
   */
  static boolean isDrawn(Map<String, String> environment) {
    return !environment.getOrDefault("TERM", "dumb").equals("dumb") && isOnTerminal();
  }

  /** How wide it is now. */
  int columns() {
    if (isAsked && System.nanoTime() - askedNanos >= ASK_AGAIN_NANOS) {
      int found = ask();
      isAsked = found > 0;
      columns = isAsked ? found : USUAL_COLUMNS;
      askedNanos = System.nanoTime();
    }
    return columns;
  }

  /** Whether standard output goes to another process, or may do so. */
  static boolean isPiped() {
    String place = standardOutput();
    return place.isEmpty() || place.startsWith("pipe:") || place.startsWith("socket:");
  }

  private static boolean isOnTerminal() {
    String place = standardOutput();
    return place.isEmpty()
        ? System.console() != null
        : place.startsWith("/dev/pts/") || place.startsWith("/dev/tty");
  }

  /** Where it goes, as Linux tells it; empty elsewhere. */
  private static String standardOutput() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** 0 where it does not tell. */
  private static int ask() {
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
      String[] answer =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      return stty.waitFor() == 0 && answer.length == 2 ? Integer.parseInt(answer[1]) : 0;
    } catch (IOException | NumberFormatException e) {
      return 0; // No stty, or no terminal of ours.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
