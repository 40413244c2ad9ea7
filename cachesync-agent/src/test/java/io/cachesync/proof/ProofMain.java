package io.cachesync.proof;

import io.cachesync.testkit.ServerVersion;
import java.util.Locale;

/**
 * Runs seeds by hand, many or one: {@code first count threads
 * [version|cluster|filtered|filtered-cluster|links|shards|drained|sources|replica|across|-] [rule
 * to take out|-]}. With a fifth word until both sides differ. With {@code -Dcachesync.afresh=true}
 * every other trouble is a full sync over what there is, with {@code -Dcachesync.comebacks=true}
 * something that comes back without what it had. With {@code -Dcachesync.among-others=true} the
 * target is not empty before, which is for {@code shards}. docs/development.md tells how.
 */
public final class ProofMain {
  private ProofMain() {}

  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    int count = Integer.parseInt(args[1]);
    int threads = Integer.parseInt(args[2]);
    Proof proof = new Proof(first, count, threads);
    for (String kind : (args.length > 3 ? args[3] : "-").split(",")) {
      adapt(proof, kind);
    }
    if (Boolean.getBoolean("cachesync.afresh")) {
      proof.startingAfresh();
    }
    if (Boolean.getBoolean("cachesync.comebacks")) {
      proof.withComebacks();
    }
    if (Boolean.getBoolean("cachesync.among-others")) {
      proof.amongOthers();
    }
    if (args.length > 4) {
      proof.untilDiverged();
      if (!args[4].equals("-")) {
        proof.with(Rule.valueOf(args[4].toUpperCase(Locale.ROOT)).others());
      }
    }
    Proof.Result result = proof.run();
    System.out.printf(
        "%d seeds, %d lost %s, %d ms%n",
        result.seeds(), result.lost().size(), result.lost().keySet(), result.millis());
    System.exit(result.lost().isEmpty() ? 0 : 1);
  }

  private static void adapt(Proof proof, String kind) {
    switch (kind) {
      case "-" -> {}
      case "cluster" -> proof.adapted(Workload::toCluster);
      case "filtered" -> proof.adapted(Workload::filtered);
      case "filtered-cluster" -> proof.adapted(Workload::toFilteredCluster);
      case "links" -> proof.withSeveralLinks();
      case "shards" -> proof.fromClusters();
      case "drained" -> proof.fromDrainedClusters();
      case "sources" -> proof.fromSeveralServers();
      case "across" -> proof.acrossVersions();
      case "replica" -> proof.fromReplicas();
      default -> {
        ServerVersion version = ServerVersion.valueOf(kind.toUpperCase(Locale.ROOT));
        proof.adapted(workload -> workload.withVersion(version));
      }
    }
  }
}
