package io.cachesync.web.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.cachesync.contract.LogLevel;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.testkit.DatabaseTest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

@DatabaseTest
@Import({MachineWork.class, MachineLog.class})
class MachineWorkTest {
  private static final long ID = 77;

  @Autowired private MachineWork work;
  @Autowired private MachineLog log;

  private final Machine machine = mock(Machine.class);

  @BeforeEach
  void nothingYet() {
    when(machine.id()).thenReturn(ID);
    log.delete(ID);
    work.delete(ID);
  }

  /** The connection tells a fault when it begins. */
  @Test
  void tellsAFaultOnce() {
    failingTest(true);
    assertThat(log.newest(ID, 9)).hasSize(1);
  }

  @Test
  void tellsAFaultThatWasThereBefore() {
    failingTest(true);
    failingTest(false);
    assertThat(log.newest(ID, 9)).hasSize(2);
  }

  @Test
  void forgetsWhatFormerWorkFound() {
    failingTest(false);
    assertThat(work.stepsOf(ID)).hasSize(1);
    work.forget(ID);
    assertThat(work.stepsOf(ID)).isEmpty();
  }

  private void failingTest(boolean toldByConnection) {
    SshFault fault = new SshFault(SshFault.Code.AUTH_FAILED, "refused", null, "olga");
    work.run(
        machine,
        "TEST",
        steps ->
            steps.step(
                "LOGIN",
                () -> {
                  if (toldByConnection) {
                    log.add(
                        ID,
                        LogLevel.WARN,
                        new Sentence(fault.messageKey(), Sentence.lines(List.of("olga"))));
                  }
                  throw fault;
                }));
  }
}
