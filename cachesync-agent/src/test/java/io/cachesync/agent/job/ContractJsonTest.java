package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ContractSamples;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContractJsonTest {
  static Stream<String> files() {
    return ContractSamples.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsTheGoldenFile(String name) {
    Object expected = ContractSamples.all().get(name);
    assertThat((Object) ContractJson.read(ContractSamples.read(name), expected.getClass()))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsWhatItWrote(String name) {
    Object record = ContractSamples.all().get(name);
    String json = ContractJson.write(record);
    assertThat(json).doesNotContain("\n");
    assertThat((Object) ContractJson.read(json, record.getClass())).isEqualTo(record);
  }

  @Test
  void everyConstantReadsAsItself() {
    for (Phase phase : Phase.values()) {
      assertThat(ContractJson.read(ContractJson.write(phase), Phase.class)).isEqualTo(phase);
    }
    for (FaultCode code : FaultCode.values()) {
      assertThat(ContractJson.read(ContractJson.write(code), FaultCode.class)).isEqualTo(code);
    }
  }

  @Test
  void writesAnyTextInAscii() {
    Fault fault = Fault.fatal(FaultCode.TARGET_TASK_CONFLICT, "任务 “é” 🐘");
    String line = ContractJson.writeAscii(fault);
    assertThat(line).isPrintable().matches("\\p{ASCII}+");
    assertThat(ContractJson.read(line, Fault.class)).isEqualTo(fault);
  }
}
