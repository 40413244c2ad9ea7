package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.DifferenceKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares streams: entries, counters, groups, consumers and pending entries. Left out is what
 * replication does not carry: when a consumer was last seen, one that was never given anything, and
 * from Redis 7.0 to 7.3 and Valkey 7 how many entries a group has read since.
 */
final class StreamComparer implements ValueComparer {
  private static final List<String> COUNTERS =
      List.of("last-generated-id", "max-deleted-entry-id", "entries-added");
  private static final String ENTRIES_READ = "entries-read";
  private static final List<String> GROUP_COUNTERS = List.of("last-delivered-id", ENTRIES_READ);
  private static final int PENDING_AT_ONCE = 1000;

  @Override
  public void compare(Pair pair, long sourceLength, long targetLength, Findings findings)
      throws IOException {
    Pair.Both info = pair.ask("XINFO STREAM");
    compareCounters(COUNTERS, fields(info.source()), fields(info.target()), null, findings);
    compareEntries(pair, sourceLength, findings);
    Pair.Both groups = pair.ask("XINFO GROUPS");
    Map<String, RespValue> source = byName(groups.source());
    Map<String, RespValue> target = byName(groups.target());
    for (Map.Entry<String, RespValue> group : source.entrySet()) {
      RespValue other = target.remove(group.getKey());
      byte[] name = group.getKey().getBytes(StandardCharsets.ISO_8859_1);
      if (other == null) {
        findings.add(DifferenceKind.GROUP_MISSING, name, name, null);
      } else {
        Map<String, RespValue> one = fields(group.getValue());
        Map<String, RespValue> two = fields(other);
        boolean asCarried = !pair.sourceTellsEntriesRead() && isBehind(two, one);
        compareCounters(
            asCarried ? List.of(GROUP_COUNTERS.get(0)) : GROUP_COUNTERS, one, two, name, findings);
        compareConsumers(pair, name, findings);
        comparePending(pair, name, findings);
      }
    }
    for (String name : target.keySet()) {
      byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
      findings.add(DifferenceKind.GROUP_EXTRA, bytes, null, bytes);
    }
  }

  private static boolean isBehind(Map<String, RespValue> one, Map<String, RespValue> other)
      throws IOException {
    RespValue read = one.get(ENTRIES_READ);
    RespValue more = other.get(ENTRIES_READ);
    return read != null
        && more != null
        && !read.isNull()
        && !more.isNull()
        && read.integer() < more.integer();
  }

  /** A version that does not know a counter, or has lost it, says nothing of it. */
  private static void compareCounters(
      List<String> names,
      Map<String, RespValue> source,
      Map<String, RespValue> target,
      byte[] group,
      Findings findings) {
    for (String name : names) {
      RespValue one = source.get(name);
      RespValue other = target.get(name);
      if (one == null || other == null || one.isNull() || other.isNull()) {
        continue;
      }
      if (!one.text().equals(other.text())) {
        String prefix = group == null ? "" : Excerpt.text(group) + " ";
        findings.add(
            group == null ? DifferenceKind.STREAM_COUNTER : DifferenceKind.GROUP_COUNTER,
            prefix + name,
            one.text(),
            other.text());
      }
    }
  }

  private static void compareEntries(Pair pair, long length, Findings findings) throws IOException {
    int step = pair.elementsAtOnce(length);
    List<Object> count = List.of("COUNT", step);
    IdCursor.join(
        new IdCursor(pair, pair.source(), "XRANGE", List.of(), count, step),
        new IdCursor(pair, pair.target(), "XRANGE", List.of(), count, step),
        (id, source, target) -> {
          byte[] name = Excerpt.bytes(id.toString());
          if (target == null) {
            findings.add(DifferenceKind.ENTRY_MISSING, name, joined(source), null);
          } else if (source == null) {
            findings.add(DifferenceKind.ENTRY_EXTRA, name, null, joined(target));
          } else if (!sameFields(source, target)) {
            findings.add(DifferenceKind.ENTRY_VALUE, name, joined(source), joined(target));
          }
        });
  }

  private static void compareConsumers(Pair pair, byte[] group, Findings findings)
      throws IOException {
    Pair.Both both = pair.ask("XINFO CONSUMERS", group);
    Map<String, RespValue> source = byName(both.source());
    Map<String, RespValue> target = byName(both.target());
    for (Map.Entry<String, RespValue> consumer : source.entrySet()) {
      String name = consumer.getKey();
      boolean isThere = target.remove(name) != null;
      // XREADGROUP that finds nothing creates a consumer, and does not tell replicas so.
      if (!isThere && fields(consumer.getValue()).get("pending").integer() > 0) {
        findings.add(DifferenceKind.CONSUMER_MISSING, of(group, name), latin(name), null);
      }
    }
    for (String name : target.keySet()) {
      findings.add(DifferenceKind.CONSUMER_EXTRA, of(group, name), null, latin(name));
    }
  }

  private static void comparePending(Pair pair, byte[] group, Findings findings)
      throws IOException {
    List<byte[]> before = List.of(group);
    List<Object> count = List.of(PENDING_AT_ONCE);
    IdCursor.join(
        new IdCursor(pair, pair.source(), "XPENDING", before, count, PENDING_AT_ONCE),
        new IdCursor(pair, pair.target(), "XPENDING", before, count, PENDING_AT_ONCE),
        (id, source, target) -> {
          byte[] name = of(group, id.toString());
          if (target == null) {
            findings.add(DifferenceKind.PENDING_MISSING, name, pending(source), null);
          } else if (source == null) {
            findings.add(DifferenceKind.PENDING_EXTRA, name, null, pending(target));
          } else {
            comparePending(pair, name, source, target, findings);
          }
        });
  }

  private static void comparePending(
      Pair pair, byte[] name, RespValue source, RespValue target, Findings findings)
      throws IOException {
    List<RespValue> one = source.elements();
    List<RespValue> other = target.elements();
    long delivered = pair.nodeOf(pair.source()).nowMillis() - one.get(2).integer();
    long otherDelivered = pair.nodeOf(pair.target()).nowMillis() - other.get(2).integer();
    if (!Arrays.equals(one.get(1).bytes(), other.get(1).bytes())
        || one.get(3).integer() != other.get(3).integer()) {
      findings.add(DifferenceKind.PENDING_VALUE, name, pending(source), pending(target));
    } else if (Math.abs(delivered - otherDelivered) > pair.toleranceMillis() + uncertain(pair)) {
      findings.addWhateverItShows(
          DifferenceKind.PENDING_VALUE,
          name,
          Excerpt.bytes("delivered at " + delivered + " ms"),
          Excerpt.bytes("delivered at " + otherDelivered + " ms"));
    }
  }

  private static long uncertain(Pair pair) throws IOException {
    return pair.nodeOf(pair.source()).uncertainMillis()
        + pair.nodeOf(pair.target()).uncertainMillis()
        + 1000;
  }

  private static boolean sameFields(RespValue source, RespValue target) {
    List<RespValue> one = source.elements().get(1).elements();
    List<RespValue> other = target.elements().get(1).elements();
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (!Arrays.equals(one.get(i).bytes(), other.get(i).bytes())) {
        return false;
      }
    }
    return true;
  }

  private static byte[] joined(RespValue entry) {
    StringBuilder text = new StringBuilder();
    for (RespValue field : entry.elements().get(1).elements()) {
      text.append(text.isEmpty() ? "" : " ").append(Excerpt.text(field.bytes()));
    }
    return Excerpt.bytes(text.toString());
  }

  private static byte[] pending(RespValue entry) {
    List<RespValue> parts = entry.elements();
    return Excerpt.bytes(
        Excerpt.text(parts.get(1).bytes()) + ", delivered " + parts.get(3).text() + " times");
  }

  private static byte[] of(byte[] group, String name) {
    return Excerpt.bytes(Excerpt.text(group) + " " + Excerpt.text(latin(name)));
  }

  private static byte[] latin(String name) {
    return name.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Names are bytes: ISO 8859-1 keeps each. */
  private static Map<String, RespValue> byName(RespValue list) {
    Map<String, RespValue> byName = new TreeMap<>();
    for (RespValue each : list.elements()) {
      RespValue name = fields(each).get("name");
      byName.put(new String(name.bytes(), StandardCharsets.ISO_8859_1), each);
    }
    return byName;
  }

  private static Map<String, RespValue> fields(RespValue flat) {
    Map<String, RespValue> fields = new LinkedHashMap<>();
    List<RespValue> elements = flat.elements();
    for (int i = 0; i + 1 < elements.size(); i += 2) {
      fields.put(elements.get(i).text(), elements.get(i + 1));
    }
    return fields;
  }
}
