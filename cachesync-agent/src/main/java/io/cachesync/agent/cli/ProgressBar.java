package io.cachesync.agent.cli;

/** A line of progress: with a bar where a terminal has room for one, without elsewhere. */
final class ProgressBar {
  private static final int WIDEST = 30;
  private static final int NARROWEST = 8;

  /** The brackets, and the blanks before them. */
  private static final int FRAME = 4;

  /** What is told grows with its numbers: room for it, so that nothing comes and goes. */
  private static final int USUAL_REST = 64;

  private ProgressBar() {}

  /**
   * @param ends what it is the progress of; left out where a terminal is too narrow
   * @param percent -1 where it is not known
   * @param rest what else is told
   * @param columns of the terminal, 0 for none
   */
  static String line(String ends, String phase, int percent, String rest, int columns) {
    String told = percent < 0 ? "" : "  " + percent + '%';
    if (columns == 0 || percent < 0) {
      String whole = ends + phase + told + rest;
      return columns > 0 && whole.length() >= columns ? phase + told + rest : whole;
    }
    int room =
        columns - 1 - phase.length() - told.length() - Math.max(rest.length(), USUAL_REST) - FRAME;
    if (room - ends.length() >= NARROWEST) {
      return ends + phase + bar(percent, room - ends.length()) + told + rest;
    }
    return phase + (room < NARROWEST ? "" : bar(percent, room)) + told + rest;
  }

  private static String bar(int percent, int room) {
    int width = Math.min(WIDEST, room);
    int done = width * Math.min(100, percent) / 100;
    String head = done > 0 && done < width ? ">" : "";
    String filled = "=".repeat(done - head.length()) + head;
    return "  [" + filled + " ".repeat(width - done) + ']';
  }
}
