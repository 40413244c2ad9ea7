package io.cachesync.web.task;

import io.cachesync.contract.Topology;
import io.cachesync.web.endpoint.SentinelLogin;
import io.cachesync.web.endpoint.TypedPlace;
import io.cachesync.web.security.KeptSecrets;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One end in step 1 of the wizard: a registered endpoint, or typed in.
 *
 * @param endpoint id of the registered endpoint as text, or empty for one that is typed in
 * @param password empty keeps the one that was saved for this address
 * @param noPassword whether there is none, whatever was saved or kept
 * @param topology of one that is typed in; STANDALONE where none is given
 * @param addressMap of a cluster or behind sentinels: {@code announced=reachable}, one a line
 * @param masterName what the sentinels call the master
 * @param sentinelUser of sentinels that have a login of their own
 * @param sentinelPassword as {@code password}, of those sentinels
 * @param noSentinelPassword whether they have no login of their own, whatever was typed, saved or
 *     kept
 */
record EndForm(
    String endpoint,
    String address,
    String user,
    String password,
    Boolean noPassword,
    Boolean tls,
    String ca,
    String topology,
    String addressMap,
    String masterName,
    String sentinelUser,
    String sentinelPassword,
    Boolean noSentinelPassword) {
  static final String PASSWORD = "password";
  static final String SENTINEL_PASSWORD = "sentinelPassword";

  /** What is said of a name that no server can have. */
  static final String CONTROL = "task.form.control";

  private static final int USER_MAX = 100;
  private static final int PASSWORD_MAX = 512;
  private static final int CA_MAX = 20_000;

  EndForm {
    endpoint = clean(endpoint);
    address = clean(address);
    user = clean(user);
    password = password == null ? "" : password;
    noPassword = Boolean.TRUE.equals(noPassword);
    tls = Boolean.TRUE.equals(tls);
    ca = clean(ca);
    topology = clean(topology).isEmpty() ? Topology.STANDALONE.name() : clean(topology);
    addressMap = clean(addressMap);
    masterName = clean(masterName);
    noSentinelPassword = Boolean.TRUE.equals(noSentinelPassword);
    sentinelUser = noSentinelPassword ? "" : clean(sentinelUser);
    sentinelPassword = sentinelPassword == null ? "" : sentinelPassword;
  }

  /** Nothing typed, nothing chosen. */
  static EndForm empty() {
    return registered("");
  }

  static EndForm registered(String endpoint) {
    return new EndForm(endpoint, "", "", "", false, false, "", "", "", "", "", "", false);
  }

  /** As it was asked for, without its passwords. */
  static EndForm of(TaskEnd end) {
    if (end.endpointId() != null) {
      return registered(end.endpointId().toString());
    }
    return new EndForm(
        "",
        end.addressLines(),
        end.user(),
        "",
        false,
        end.tls(),
        end.ca(),
        end.topology().name(),
        end.addressMap(),
        end.masterName(),
        end.sentinelUser(),
        "",
        false);
  }

  /**
   * Where it is, of one that is typed in.
   *
   * @throws Refusal for what is wrong, at its field
   */
  TypedPlace place() {
    return TypedPlace.read(topology, address, addressMap, masterName);
  }

  boolean isRegistered() {
    return !endpoint.isEmpty();
  }

  /** The passwords of one that is typed in and may have them, by name of field. */
  Map<String, KeptSecrets.Typed> secrets() {
    Map<String, KeptSecrets.Typed> secrets = new TreeMap<>();
    if (isRegistered()) {
      return secrets;
    }
    List<String> place = List.of(address, Boolean.toString(tls), ca, topology, addressMap);
    if (!noPassword) {
      secrets.put(PASSWORD, typed(password, place, user, masterName));
    }
    if (!noSentinelPassword) {
      secrets.put(SENTINEL_PASSWORD, typed(sentinelPassword, place, sentinelUser));
    }
    return secrets;
  }

  private static KeptSecrets.Typed typed(String secret, List<String> place, String... who) {
    List<String> goesTo = new ArrayList<>(place);
    goesTo.addAll(List.of(who));
    return new KeptSecrets.Typed(secret, goesTo);
  }

  /** The same with these passwords, by name of field; none where one is not named. */
  EndForm withSecrets(Map<String, String> secrets) {
    return new EndForm(
        endpoint,
        address,
        user,
        secrets.getOrDefault(PASSWORD, ""),
        noPassword,
        tls,
        ca,
        topology,
        addressMap,
        masterName,
        sentinelUser,
        secrets.getOrDefault(SENTINEL_PASSWORD, ""),
        noSentinelPassword);
  }

  /** What keeps it from being asked, each at its field. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (isRegistered()) {
      if (!endpoint.matches("[0-9]{1,18}")) {
        problems.add(Problem.of("endpoint", "task.form.endpoint.unknown"));
      }
      return problems;
    }
    try {
      SentinelLogin.check(place().topology(), sentinelUser, sentinelPassword);
    } catch (Refusal refusal) {
      String field = refusal.field().equals(TypedPlace.ADDRESSES) ? "address" : refusal.field();
      problems.add(Problem.of(field, refusal.key(), refusal.arguments()));
    }
    checkUser("user", user, problems);
    checkLength(PASSWORD, password, PASSWORD_MAX, problems);
    checkUser("sentinelUser", sentinelUser, problems);
    checkLength(SENTINEL_PASSWORD, sentinelPassword, PASSWORD_MAX, problems);
    checkLength("ca", ca, CA_MAX, problems);
    if (!ca.isEmpty() && !ca.contains("-----BEGIN CERTIFICATE-----")) {
      problems.add(Problem.of("ca", "task.form.ca.invalid"));
    }
    return problems;
  }

  private static void checkUser(String field, String user, List<Problem> problems) {
    checkLength(field, user, USER_MAX, problems);
    if (user.chars().anyMatch(Character::isISOControl)) {
      problems.add(Problem.of(field, CONTROL));
    }
  }

  private static void checkLength(String field, String text, int most, List<Problem> problems) {
    if (text.length() > most) {
      problems.add(Problem.of(field, "common.field.tooLong", most));
    }
  }

  static String clean(String text) {
    return text == null ? "" : text.strip();
  }

  /** Never with its passwords. */
  @Override
  public String toString() {
    return "EndForm[" + endpoint + address + "]";
  }
}
