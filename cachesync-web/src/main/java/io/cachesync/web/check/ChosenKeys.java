package io.cachesync.web.check;

import io.cachesync.contract.NamedKey;
import java.util.ArrayList;
import java.util.List;

/** Keys that were chosen for a repair, in the order in which their check has told them. */
final class ChosenKeys {
  private final List<NamedKey> named = new ArrayList<>();
  private final List<NamedKey> unnamed = new ArrayList<>();

  void add(NamedKey key) {
    (key.isWhole() ? named : unnamed).add(key);
  }

  /** Those that can be named to an agent. */
  List<NamedKey> named() {
    return named;
  }

  /** Those of whose names only the beginning is known. */
  List<NamedKey> unnamed() {
    return unnamed;
  }

  boolean isEmpty() {
    return named.isEmpty() && unnamed.isEmpty();
  }
}
