package io.cachesync.agent.sync;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells when every link has applied what its master had told at a moment: only then is it known of
 * which keys the source has said anything before it. A link that has written down all keys of its
 * slots needs to hear nothing more: its master may have none any more. For one thread.
 */
final class Drain {
  private final List<Link> links;
  private final long sinceMillis;
  private final Map<Link, Long> ends = new HashMap<>();

  /** Of the moment in which this is made. */
  Drain(List<Link> links, Clock clock) {
    this.links = links;
    this.sinceMillis = clock.millis();
  }

  boolean isDone() {
    for (Link link : links) {
      if (!ends.containsKey(link)) {
        long end = link.sourceOffsetSince(sinceMillis);
        if (end >= 0) {
          ends.put(link, end);
        }
      }
    }
    return links.stream()
        .allMatch(
            link ->
                link.needsNoMore()
                    || (ends.containsKey(link) && link.appliedOffset() >= ends.get(link)));
  }
}
