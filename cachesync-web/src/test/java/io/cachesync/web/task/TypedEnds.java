package io.cachesync.web.task;

/** Ends as a person types them. */
final class TypedEnds {
  private TypedEnds() {}

  static EndForm server(String address) {
    return server(address, "");
  }

  static EndForm server(String address, String password) {
    return of("STANDALONE", address, "", "", password);
  }

  static EndForm of(String topology, String addresses, String map, String master) {
    return of(topology, addresses, map, master, "");
  }

  /** Sentinels that have a login of their own. */
  static EndForm sentinels(String addresses, String master, String user, String password) {
    return new EndForm(
        "", addresses, "", "", false, false, "", "SENTINEL", "", master, user, password, false);
  }

  private static EndForm of(
      String topology, String addresses, String map, String master, String password) {
    return new EndForm(
        "", addresses, "", password, false, false, "", topology, map, master, "", "", false);
  }
}
