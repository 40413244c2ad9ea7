package io.cachesync.contract;

import java.util.Objects;

/**
 * Gives keys another beginning at the target. Binary bytes are written {@code \xHH}, a backslash as
 * {@code \\}.
 *
 * @param from what the key begins with at the source; empty for every key
 * @param to what stands in its place at the target; empty to take it away
 */
public record KeyRename(String from, String to) {
  public KeyRename {
    Objects.requireNonNull(from);
    Objects.requireNonNull(to);
  }
}
