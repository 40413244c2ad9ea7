package io.cachesync.agent.verify;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * How far the scans of a round have come: of each node and database the cursor behind the last key
 * that was given on. A cursor is only good at the server that told it. Thread-safe.
 */
final class ScanPlaces {
  private static final byte[] START = {'0'};

  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, Long> views = new HashMap<>();

  /**
   * @param node names the scan and the server, the same after a restart
   * @return the server's run id, empty where nothing is known of it
   */
  synchronized String runId(String node) {
    Node known = nodes.get(node);
    return known == null ? "" : known.runId;
  }

  /** From now on the node is this server; where it was another, all of it begins anew. */
  synchronized void begin(String node, String runId) {
    nodes.put(node, new Node(runId));
  }

  /** It is another server from now on; what was scanned before stays scanned. */
  synchronized void follow(String node, String runId) {
    nodes.get(node).runId = runId;
  }

  /** Where a database's scan goes on, null where it is over. */
  synchronized byte[] cursor(String node, int database) {
    byte[] cursor = nodes.get(node).cursors.get(database);
    return cursor == null ? START : cursor.length == 0 ? null : cursor;
  }

  /** All up to this cursor was given on. */
  synchronized void reached(String node, int database, byte[] cursor) {
    nodes.get(node).cursors.put(database, cursor);
  }

  /** All of a database was given on. */
  synchronized void over(String node, int database) {
    nodes.get(node).cursors.put(database, new byte[0]);
  }

  /**
   * A scan of a cluster begins.
   *
   * @param view a hash of who has which slots
   * @return false where that was otherwise when it began first: then nothing is known of it
   */
  synchronized boolean view(String scan, long view) {
    Long before = views.put(scan, view);
    if (before == null || before == view) {
      return true;
    }
    nodes.keySet().removeIf(node -> node.startsWith(scan + " "));
    return false;
  }

  synchronized void write(DataOutputStream out) throws IOException {
    out.writeInt(views.size());
    for (Map.Entry<String, Long> entry : views.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeLong(entry.getValue());
    }
    out.writeInt(nodes.size());
    for (Map.Entry<String, Node> entry : nodes.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeUTF(entry.getValue().runId);
      out.writeInt(entry.getValue().cursors.size());
      for (Map.Entry<Integer, byte[]> cursor : entry.getValue().cursors.entrySet()) {
        out.writeInt(cursor.getKey());
        out.writeUTF(new String(cursor.getValue(), StandardCharsets.US_ASCII));
      }
    }
  }

  synchronized void read(DataInputStream in) throws IOException {
    for (int i = in.readInt(); i > 0; i--) {
      views.put(in.readUTF(), in.readLong());
    }
    for (int i = in.readInt(); i > 0; i--) {
      String name = in.readUTF();
      Node node = new Node(in.readUTF());
      nodes.put(name, node);
      for (int j = in.readInt(); j > 0; j--) {
        node.cursors.put(in.readInt(), in.readUTF().getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private static final class Node {
    private final Map<Integer, byte[]> cursors = new HashMap<>();
    private String runId;

    private Node(String runId) {
      this.runId = runId;
    }
  }
}
