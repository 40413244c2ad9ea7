package io.cachesync.agent.relay;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a log, in order, and those that are to be removed. Guarded by its owner's lock, but
 * for {@link Segment}'s own file, which one thread alone writes, closes and removes.
 */
final class Segments {
  private final Path folder;
  private final String prefix;
  private final RelayOptions options;
  private final Clock clock;
  private final List<Segment> all = new ArrayList<>();
  private final ArrayDeque<Segment> doomed = new ArrayDeque<>();

  /**
   * @param recovered what is on disk already, in order
   */
  Segments(Path folder, String prefix, RelayOptions options, Clock clock, List<Segment> recovered) {
    this.folder = folder;
    this.prefix = prefix;
    this.options = options;
    this.clock = clock;
    all.addAll(recovered);
  }

  Path folder() {
    return folder;
  }

  /** Begins a file for the record that comes at this position, where the last one is full. */
  void roll(long position, long startOffset) {
    Segment last = all.isEmpty() ? null : all.get(all.size() - 1);
    if (last == null || position - last.position >= options.segmentBytes()) {
      if (last != null) {
        last.closedMillis = clock.millis();
      }
      all.add(new Segment(folder, prefix, position, startOffset));
    }
  }

  /** The file that holds a position, or null. */
  Segment at(long position) {
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).position <= position) {
        return all.get(i);
      }
    }
    return null;
  }

  /** Where the next file begins, or the largest number for the last one. */
  long endOf(Segment segment) {
    int next = all.indexOf(segment) + 1;
    return next < all.size() ? all.get(next).position : Long.MAX_VALUE;
  }

  /** Where reading can begin to find this offset, or -1 where it lies before everything. */
  long positionBefore(long replOffset) {
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).startOffset <= replOffset) {
        return all.get(i).position;
      }
    }
    return -1;
  }

  /** The first offset of all, or -1. */
  long firstOffset() {
    return all.isEmpty() ? -1 : all.get(0).startOffset;
  }

  long writtenBytes() {
    return all.stream().mapToLong(segment -> segment.writtenBytes).sum();
  }

  /** Dooms files that are applied and read, once they are old or many; tells whether there are. */
  boolean trim(long appliedOffset, long read) {
    int applied = 0;
    long bytes = 0;
    while (applied + 1 < all.size()
        && all.get(applied + 1).startOffset <= appliedOffset
        && all.get(applied + 1).position <= read) {
      bytes += all.get(applied).writtenBytes;
      applied++;
    }
    long oldest = clock.millis() - options.keepApplied().toMillis();
    boolean any = false;
    for (; applied > 0; applied--) {
      Segment first = all.get(0);
      if (first.closedMillis > oldest && bytes <= options.keepAppliedBytes()) {
        break;
      }
      bytes -= first.writtenBytes;
      doom(first);
      any = true;
    }
    return any;
  }

  /** Dooms files that end at or below a position; tells whether there are. */
  boolean doomBefore(long position) {
    boolean any = false;
    while (all.size() > 1 && all.get(1).position <= position) {
      doom(all.get(0));
      any = true;
    }
    return any;
  }

  void doomAll() {
    doomed.addAll(all);
    all.clear();
  }

  boolean hasDoomed() {
    return !doomed.isEmpty();
  }

  /** Whether a file that is to be removed has this one's name. */
  boolean isNameDoomed(Segment segment) {
    for (Segment other : doomed) {
      if (other.position == segment.position) {
        return true;
      }
    }
    return false;
  }

  /** The next file to remove, or null. */
  Segment pollDoomed() {
    return doomed.poll();
  }

  void closeFiles() {
    for (Segment segment : all) {
      try {
        segment.closeFile();
      } catch (IOException e) {
        // Its bytes were written; recovery checks them.
      }
    }
  }

  private void doom(Segment segment) {
    all.remove(segment);
    doomed.add(segment);
  }
}
