package io.cachesync.web.task;

import io.cachesync.contract.Topology;
import io.cachesync.web.endpoint.TypedPlace;
import io.cachesync.web.security.KeptSecrets;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Step 1 of the wizard: from which machine, from where to where. An end is either a registered
 * endpoint or typed in.
 *
 * @param machineId id of the machine, as text
 * @param sourceEndpoint id of the registered endpoint as text, or empty for one that is typed in
 * @param sourcePassword empty keeps the one that was saved for this address
 * @param sourceNoPassword whether there is none, whatever was saved or kept
 * @param sourceTopology of one that is typed in; STANDALONE where none is given
 * @param sourceAddressMap of a cluster or behind sentinels: {@code announced=reachable}, one a line
 * @param sourceMasterName what the sentinels call the master
 * @param moreSources ids of registered endpoints that are sources besides, as text
 */
record EndsForm(
    String machineId,
    String sourceEndpoint,
    String sourceAddress,
    String sourceUser,
    String sourcePassword,
    Boolean sourceTls,
    String sourceCa,
    String targetEndpoint,
    String targetAddress,
    String targetUser,
    String targetPassword,
    Boolean targetTls,
    String targetCa,
    Boolean sourceNoPassword,
    Boolean targetNoPassword,
    String sourceTopology,
    String sourceAddressMap,
    String targetTopology,
    String targetAddressMap,
    String sourceMasterName,
    String targetMasterName,
    List<String> moreSources) {
  private static final int USER_MAX = 100;
  private static final int PASSWORD_MAX = 512;
  private static final int CA_MAX = 20_000;
  private static final int MORE_MAX = 50;

  EndsForm {
    machineId = clean(machineId);
    sourceEndpoint = clean(sourceEndpoint);
    sourceAddress = clean(sourceAddress);
    sourceUser = clean(sourceUser);
    sourcePassword = sourcePassword == null ? "" : sourcePassword;
    sourceCa = clean(sourceCa);
    targetEndpoint = clean(targetEndpoint);
    targetAddress = clean(targetAddress);
    targetUser = clean(targetUser);
    targetPassword = targetPassword == null ? "" : targetPassword;
    targetCa = clean(targetCa);
    sourceTls = Boolean.TRUE.equals(sourceTls);
    targetTls = Boolean.TRUE.equals(targetTls);
    sourceNoPassword = Boolean.TRUE.equals(sourceNoPassword);
    targetNoPassword = Boolean.TRUE.equals(targetNoPassword);
    sourceTopology = topology(sourceTopology);
    sourceAddressMap = clean(sourceAddressMap);
    targetTopology = topology(targetTopology);
    targetAddressMap = clean(targetAddressMap);
    sourceMasterName = clean(sourceMasterName);
    targetMasterName = clean(targetMasterName);
    moreSources =
        moreSources == null
            ? List.of()
            : moreSources.stream().map(EndsForm::clean).filter(id -> !id.isEmpty()).toList();
  }

  /** One end of the form. */
  record End(
      String prefix,
      String endpoint,
      String address,
      String user,
      String password,
      boolean tls,
      String ca,
      boolean noPassword,
      String topology,
      String addressMap,
      String masterName) {
    /**
     * Where it is, of one that is typed in.
     *
     * @throws Refusal for what is wrong, at its field
     */
    TypedPlace place() {
      return TypedPlace.read(topology, address, addressMap, masterName);
    }

    boolean registered() {
      return !endpoint.isEmpty();
    }

    String passwordField() {
      return prefix + "Password";
    }

    private KeptSecrets.Typed secret() {
      return new KeptSecrets.Typed(
          password,
          List.of(address, user, Boolean.toString(tls), ca, topology, addressMap, masterName));
    }

    @Override
    public String toString() {
      return "End[" + prefix + ", " + address + "]";
    }
  }

  End source() {
    return new End(
        "source",
        sourceEndpoint,
        sourceAddress,
        sourceUser,
        sourcePassword,
        sourceTls,
        sourceCa,
        sourceNoPassword,
        sourceTopology,
        sourceAddressMap,
        sourceMasterName);
  }

  End target() {
    return new End(
        "target",
        targetEndpoint,
        targetAddress,
        targetUser,
        targetPassword,
        targetTls,
        targetCa,
        targetNoPassword,
        targetTopology,
        targetAddressMap,
        targetMasterName);
  }

  /** The passwords of typed-in ends that may have one, by name of field. */
  Map<String, KeptSecrets.Typed> secrets() {
    Map<String, KeptSecrets.Typed> secrets = new TreeMap<>();
    for (End end : List.of(source(), target())) {
      if (!end.registered() && !end.noPassword()) {
        secrets.put(end.passwordField(), end.secret());
      }
    }
    return secrets;
  }

  EndsForm withSecrets(Map<String, String> secrets) {
    return new EndsForm(
        machineId,
        sourceEndpoint,
        sourceAddress,
        sourceUser,
        secrets.getOrDefault("sourcePassword", ""),
        sourceTls,
        sourceCa,
        targetEndpoint,
        targetAddress,
        targetUser,
        secrets.getOrDefault("targetPassword", ""),
        targetTls,
        targetCa,
        sourceNoPassword,
        targetNoPassword,
        sourceTopology,
        sourceAddressMap,
        targetTopology,
        targetAddressMap,
        sourceMasterName,
        targetMasterName,
        moreSources);
  }

  List<Problem> problems() {
    List<Problem> problems = problemsOf(source());
    check(target(), problems);
    boolean sameEndpoint = source().registered() && sourceEndpoint.equals(targetEndpoint);
    if (problems.isEmpty() && (sameEndpoint || sameAddress())) {
      problems.add(
          Problem.of(
              sameEndpoint ? "targetEndpoint" : "targetAddress", "task.form.target.isSource"));
    }
    checkMoreSources().ifPresent(key -> problems.add(Problem.of("moreSources", key)));
    return problems;
  }

  private Optional<String> checkMoreSources() {
    if (moreSources.stream().anyMatch(id -> !id.matches("[0-9]{1,18}"))) {
      return Optional.of("task.form.endpoint.unknown");
    }
    if (moreSources.size() > MORE_MAX) {
      return Optional.of("task.form.moreSources.many");
    }
    if (!targetEndpoint.isEmpty() && moreSources.contains(targetEndpoint)) {
      return Optional.of("task.form.target.isSource");
    }
    boolean twice =
        moreSources.contains(sourceEndpoint)
            || moreSources.stream().distinct().count() < moreSources.size();
    return twice ? Optional.of("task.form.moreSources.twice") : Optional.empty();
  }

  private boolean sameAddress() {
    if (source().registered() || target().registered()) {
      return false;
    }
    TypedPlace from = source().place();
    TypedPlace to = target().place();
    // The same sentinels may watch both.
    return from.masterName().equals(to.masterName())
        && !Collections.disjoint(from.addresses(), to.addresses());
  }

  /** What keeps one end from being asked. */
  List<Problem> problemsOf(End end) {
    List<Problem> problems = new ArrayList<>();
    if (!machineId.matches("[0-9]{1,18}")) {
      problems.add(Problem.of("machineId", "task.form.machine.required"));
    }
    check(end, problems);
    return problems;
  }

  private static void check(End end, List<Problem> problems) {
    String prefix = end.prefix();
    if (end.registered()) {
      if (!end.endpoint().matches("[0-9]{1,18}")) {
        problems.add(Problem.of(prefix + "Endpoint", "task.form.endpoint.unknown"));
      }
      return;
    }
    try {
      end.place();
    } catch (Refusal refusal) {
      String field =
          switch (refusal.field()) {
            case TypedPlace.TOPOLOGY -> "Topology";
            case TypedPlace.ADDRESS_MAP -> "AddressMap";
            case TypedPlace.MASTER_NAME -> "MasterName";
            default -> "Address";
          };
      problems.add(Problem.of(prefix + field, refusal.key(), refusal.arguments()));
    }
    if (end.user().length() > USER_MAX) {
      problems.add(Problem.of(prefix + "User", "common.field.tooLong", USER_MAX));
    }
    if (end.password().length() > PASSWORD_MAX) {
      problems.add(Problem.of(end.passwordField(), "common.field.tooLong", PASSWORD_MAX));
    }
    if (end.ca().length() > CA_MAX) {
      problems.add(Problem.of(prefix + "Ca", "common.field.tooLong", CA_MAX));
    } else if (!end.ca().isEmpty() && !end.ca().contains("-----BEGIN CERTIFICATE-----")) {
      problems.add(Problem.of(prefix + "Ca", "task.form.ca.invalid"));
    }
  }

  private static String topology(String text) {
    return clean(text).isEmpty() ? Topology.STANDALONE.name() : clean(text);
  }

  private static String clean(String text) {
    return text == null ? "" : text.strip();
  }

  /** Never with its passwords. */
  @Override
  public String toString() {
    return "EndsForm[" + source() + ", " + target() + "]";
  }
}
