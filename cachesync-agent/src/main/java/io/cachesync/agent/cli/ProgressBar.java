package io.cachesync.agent.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A line of progress: with a bar on a terminal, without elsewhere. */
final class ProgressBar {
  private static final int WIDEST = 30;
  private static final int NARROWEST = 8;

  /** The brackets, and the blanks before them. */
  private static final int FRAME = 4;

  /** {@code 100%} and the blanks before it. */
  private static final int PERCENT = 6;

  private ProgressBar() {}

  /**
   * What a terminal has no room for is left out, the least important first, then the bar.
   *
   * @param lead stands in front in any case; may be empty
   * @param ends what it is the progress of
   * @param percent -1 where it is not known
   * @param figures what else is told, as it is read
   * @param columns of the terminal, 0 for none
   */
  static String line(
      String lead, Figure ends, String phase, int percent, List<Figure> figures, int columns) {
    List<Figure> all = new ArrayList<>(figures);
    all.add(ends);
    boolean drawn = columns > 0 && percent >= 0;
    int fixed = lead.length() + phase.length() + (percent < 0 ? 0 : PERCENT);
    int room = columns - 1 - fixed - (drawn ? FRAME + NARROWEST : 0);
    List<Figure> told = columns == 0 ? all : fitting(all, room, drawn);
    StringBuilder line = new StringBuilder(lead);
    line.append(told.contains(ends) ? ends.text() : "").append(phase);
    int left = room - width(told, drawn);
    if (drawn && left >= 0) {
      line.append(bar(percent, NARROWEST + left));
    }
    if (percent >= 0) {
      line.append("  ").append(percent).append('%');
    }
    figures.stream().filter(told::contains).map(Figure::text).forEach(line::append);
    return line.toString();
  }

  private static List<Figure> fitting(List<Figure> all, int room, boolean drawn) {
    List<Figure> fitting = new ArrayList<>(all);
    while (!fitting.isEmpty() && width(fitting, drawn) > room) {
      fitting.remove(fitting.stream().min(Comparator.comparingInt(Figure::weight)).orElseThrow());
    }
    return fitting;
  }

  /** A bar is as wide as figures leave it, and is not to grow and shrink with them. */
  private static int width(List<Figure> figures, boolean drawn) {
    return figures.stream().mapToInt(each -> drawn ? each.width() : each.text().length()).sum();
  }

  private static String bar(int percent, int room) {
    int width = Math.min(WIDEST, room);
    int done = width * Math.min(100, percent) / 100;
    String head = done > 0 && done < width ? ">" : "";
    String filled = "=".repeat(done - head.length()) + head;
    return "  [" + filled + " ".repeat(width - done) + ']';
  }

  /**
   * One thing that is told.
   *
   * @param text with the blanks that part it from what stands beside it
   * @param usual how wide it grows: room for it, so that nothing comes and goes
   * @param weight the least goes first
   */
  record Figure(String text, int usual, int weight) {
    int width() {
      return text.isEmpty() ? 0 : Math.max(usual, text.length());
    }
  }
}
