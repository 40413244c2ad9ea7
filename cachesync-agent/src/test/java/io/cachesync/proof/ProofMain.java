package io.cachesync.proof;

import io.cachesync.testkit.ServerVersion;
import java.util.Locale;

/**
 * Runs seeds by hand, many or one: {@code first count threads
 * [version|cluster|filtered|filtered-cluster|links|-] [rule to take out]}. docs/development.md
 * tells how.
 */
public final class ProofMain {
  private ProofMain() {}

  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    int count = Integer.parseInt(args[1]);
    int threads = Integer.parseInt(args[2]);
    Proof proof = new Proof(first, count, threads);
    if (args.length > 3 && args[3].equals("cluster")) {
      proof.adapted(Workload::toCluster);
    } else if (args.length > 3 && args[3].equals("filtered")) {
      proof.adapted(Workload::filtered);
    } else if (args.length > 3 && args[3].equals("filtered-cluster")) {
      proof.adapted(Workload::toFilteredCluster);
    } else if (args.length > 3 && args[3].equals("links")) {
      proof.withSeveralLinks();
    } else if (args.length > 3 && !args[3].equals("-")) {
      ServerVersion version = ServerVersion.valueOf(args[3].toUpperCase(Locale.ROOT));
      proof.adapted(workload -> workload.withVersion(version));
    }
    if (args.length > 4) {
      proof.with(Rule.valueOf(args[4].toUpperCase(Locale.ROOT)).others()).untilDiverged();
    }
    Proof.Result result = proof.run();
    System.out.printf(
        "%d seeds, %d lost %s, %d ms%n",
        result.seeds(), result.lost().size(), result.lost().keySet(), result.millis());
    System.exit(result.lost().isEmpty() ? 0 : 1);
  }
}
