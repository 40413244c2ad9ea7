package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyFaultTest {
  @ParameterizedTest
  @CsvSource({
    "NOAUTH, AUTH_REQUIRED, false",
    "WRONGPASS, AUTH_FAILED, false",
    "NOPERM, NO_PERMISSION, false",
    "LOADING, LOADING, true",
    "MASTERDOWN, MASTER_DOWN, true",
    "NOMASTERLINK, MASTER_DOWN, true",
    "READONLY, TARGET_READ_ONLY, false",
    "OOM, TARGET_OUT_OF_MEMORY, false",
    "WRONGTYPE, WRONG_TYPE, false",
    "CLUSTERDOWN, CLUSTER_DOWN, true",
    "TRYAGAIN, CLUSTER_DOWN, true",
    "MOVED, CLUSTER_DOWN, true",
    "ASK, CLUSTER_DOWN, true",
    "CROSSSLOT, NOT_STANDALONE, false",
    "BUSY, TARGET_REFUSED, true",
    "NOREPLICAS, TARGET_REFUSED, true",
    "MISCONF, TARGET_REFUSED, false",
    "ERR, TARGET_REFUSED, false"
  })
  void givesEachPrefixItsFault(String prefix, FaultCode code, boolean retryable) {
    Fault fault = ReplyFault.of("10.0.0.1:6379", prefix, prefix + " some text");
    assertThat(fault.code()).isEqualTo(code);
    assertThat(fault.retryable()).isEqualTo(retryable);
    assertThat(fault.message()).startsWith("10.0.0.1:6379").endsWith("some text");
  }

  @Test
  void quotesInsideOfASentence() {
    Fault fault = ReplyFault.of("server", "NOAUTH", "NOAUTH Authentication required.");
    assertThat(fault.message()).isEqualTo("server answered: NOAUTH Authentication required");
  }

  @Test
  void looksForTheCauseOfATransactionThatWasDiscarded() {
    String text = "EXECABORT Transaction discarded because of: OOM command not allowed";
    assertThat(ReplyFault.of("server", "EXECABORT", text).code())
        .isEqualTo(FaultCode.TARGET_OUT_OF_MEMORY);
    String without = "EXECABORT Transaction discarded because of previous errors.";
    assertThat(ReplyFault.of("server", "EXECABORT", without).code())
        .isEqualTo(FaultCode.TARGET_REFUSED);
  }

  /** Up to 6.0 it has no word of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"slave", "replica"})
  void knowsATransactionThatIsRefusedByAServerThatIsAReplicaByNow(String name) {
    Fault fault =
        ReplyFault.of(
            "server",
            "ERR",
            "ERR Transaction contains write commands but instance is now a read-only "
                + name
                + ". EXEC aborted.");
    assertThat(fault.code()).isEqualTo(FaultCode.TARGET_READ_ONLY);
    assertThat(fault.retryable()).isFalse();
  }
}
