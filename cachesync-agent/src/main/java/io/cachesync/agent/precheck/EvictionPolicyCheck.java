package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;

/** The target removes no key by itself because memory is short. */
final class EvictionPolicyCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.TARGET_EVICTION_POLICY;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    return EachMaster.of(ends.target(), this::measure);
  }

  private Finding measure(Server master) throws IOException {
    String policy = master.maxMemoryPolicy();
    Finding finding;
    if (policy.equals("noeviction")) {
      finding = Finding.pass(code());
    } else if (master.maxMemoryBytes().orElse(-1) == 0) {
      finding = Finding.pass(code()).variant("unlimited");
    } else if (policy.isEmpty()) {
      finding = Finding.warning(code(), "unknown");
    } else {
      finding = Finding.warning(code(), "evicts").command("CONFIG SET maxmemory-policy noeviction");
    }
    return finding.with("policy", policy);
  }
}
