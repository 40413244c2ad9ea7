package io.cachesync.web.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cachesync.web.agent.AgentInstaller;
import io.cachesync.web.agent.AgentPackage;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.ssh.HostKeyPin;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.Sshd;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Machines of a running console, over a real OpenSSH server. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class MachineIT {
  @TempDir static Path data;
  private static Sshd sshd;

  @Autowired private MachineService machines;
  @Autowired private MachineOverview overview;
  @Autowired private MachineSampler sampler;
  @Autowired private MachineLog log;
  @Autowired private AgentInstaller installer;
  @Autowired private AgentPackage agent;

  @BeforeAll
  static void startServer() {
    sshd = Sshd.start();
  }

  @AfterAll
  static void stopServer() {
    sshd.close();
  }

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("cachesync.data-dir", data::toString);
  }

  @Test
  void testsAndInstallsStepByStep() {
    Machine machine = add("one", sshd, sshd.base().toString());
    List<MachineStep> steps = asAdmin(() -> machines.test(machine.id()));
    assertThat(steps)
        .extracting(MachineStep::step, MachineStep::state)
        .doesNotContain(org.assertj.core.groups.Tuple.tuple("CONSOLE", MachineStep.State.FAIL))
        .extracting(tuple -> tuple.toList().get(0))
        .containsExactly(
            "CONNECT", "LOGIN", "SYSTEM", "JAVA", "MEMORY", "DISK", "OUTLIVE", "CONSOLE");
    assertThat(machines.get(machine.id()).reportRoute()).isEqualTo(ReportRoute.FORWARD);

    List<MachineStep> installed = asAdmin(() -> installer.install(machine.id()));
    assertThat(installed.get(installed.size() - 1))
        .as("%s", installed)
        .returns("VERIFY", MachineStep::step)
        .returns(MachineStep.State.PASS, MachineStep::state);
    assertThat(sshd.base().resolve("agent/" + agent.sha256() + "/cachesync-agent.jar")).exists();
    assertThat(machines.get(machine.id()).usable()).isTrue();
    assertThat(machines.leastLoaded()).map(Machine::name).contains("one");

    assertThat(asAdmin(() -> installer.install(machine.id())))
        .extracting(MachineStep::messageKey)
        .contains("agent.install.there");
  }

  @Test
  void readsTheLoad() {
    Machine machine = add("load", sshd, sshd.base().toString());
    sampler.sample(machine.id());
    MachineSample load = asAdmin(() -> overview.of(machine).load());
    assertThat(load.memoryBytes()).isGreaterThan(100L << 20);
    assertThat(load.diskBytes()).isGreaterThan(load.diskFreeBytes()).isPositive();
    assertThat(load.cpuPercent()).isBetween(0.0, 100.0);
  }

  @Test
  void endsTheTestAtAFullDisk() {
    Machine machine = add("full", sshd, sshd.smallDisk() + "/base");
    List<MachineStep> steps = asAdmin(() -> installer.install(machine.id()));
    assertThat(steps.get(steps.size() - 1))
        .returns("UPLOAD", MachineStep::step)
        .returns(MachineStep.State.FAIL, MachineStep::state)
        .returns("ssh.fault.DISK_FULL", MachineStep::messageKey);
    assertThat(machines.get(machine.id()).state()).isEqualTo(MachineState.NEW);
  }

  @Test
  void saysHowToSwitchOnSftpWhereThereIsNone() {
    try (Sshd other = Sshd.start()) {
      Machine machine = add("no sftp", other, other.base().toString());
      other.sftpBy("");
      List<MachineStep> steps = asAdmin(() -> machines.test(machine.id()));
      assertThat(steps.get(steps.size() - 1))
          .returns("DISK", MachineStep::step)
          .returns(MachineStep.State.FAIL, MachineStep::state)
          .returns("ssh.fault.NO_SFTP", MachineStep::messageKey);
      other.sftpBy("internal-sftp");
      assertThat(asAdmin(() -> machines.test(machine.id())))
          .extracting(MachineStep::step, MachineStep::state)
          .contains(org.assertj.core.groups.Tuple.tuple("DISK", MachineStep.State.PASS));
    }
  }

  @Test
  void doesNothingOnAMachineWhoseKeyChangedUntilAPersonLooked() {
    try (Sshd other = Sshd.start()) {
      Machine machine = add("changed", other, other.base().toString());
      assertThat(lastOf(asAdmin(() -> machines.test(machine.id()))).state())
          .isNotEqualTo(MachineStep.State.FAIL);
      other.changeHostKey();
      MachineStep last = lastOf(asAdmin(() -> machines.test(machine.id())));
      assertThat(last.messageKey()).isEqualTo("ssh.fault.HOST_KEY_CHANGED");
      assertThat(last.values()).contains(other.fingerprint());
      assertThat(machines.get(machine.id()).blocked()).isTrue();

      asAdmin(
          () -> {
            HostKeyPin shown = machines.hostKey("127.0.0.1", other.port());
            machines.confirmHostKey(machine.id(), shown);
            return null;
          });
      assertThat(lastOf(asAdmin(() -> machines.test(machine.id()))).state())
          .isNotEqualTo(MachineStep.State.FAIL);
      assertThat(machines.get(machine.id()).blocked()).isFalse();
    }
  }

  @Test
  void keepsAScriptInANameAsText() {
    String name = "<script>alert('x')</script> $(id)";
    Machine machine = add(name, sshd, sshd.base().toString());
    assertThat(lastOf(asAdmin(() -> machines.test(machine.id()))).state())
        .isNotEqualTo(MachineStep.State.FAIL);
    assertThat(machines.get(machine.id()).name()).isEqualTo(name);
  }

  @Test
  void refusesASecondMachineOfTheSameName() {
    add("twice", sshd, sshd.base().toString());
    Refusal refusal =
        catchThrowableOfType(Refusal.class, () -> add("twice", sshd, sshd.base().toString()));
    assertThat(refusal.field()).isEqualTo("name");
  }

  @Test
  void saysWhatAWrongPasswordIs() {
    MachineForm form = form("wrong", sshd, sshd.base().toString(), "wrong-password");
    Machine machine = asAdmin(() -> machines.add(form, machines.hostKey("127.0.0.1", sshd.port())));
    MachineStep last = lastOf(asAdmin(() -> machines.test(machine.id())));
    assertThat(last.step()).isEqualTo("LOGIN");
    assertThat(last.messageKey()).isEqualTo("ssh.fault." + SshFault.Code.AUTH_FAILED);
    assertThat(machines.get(machine.id()).usable()).isFalse();
    assertThat(log.newest(machine.id(), 10))
        .extracting(MachineLogLine::messageKey)
        .contains("ssh.fault.AUTH_FAILED");
    asAdmin(
        () -> {
          machines.remove(machine.id());
          return null;
        });
    assertThat(machines.find(machine.id())).isEmpty();
  }

  private Machine add(String name, Sshd host, String base) {
    return asAdmin(
        () ->
            machines.add(
                form(name, host, base, Sshd.PASSWORD), machines.hostKey("127.0.0.1", host.port())));
  }

  private static MachineForm form(String name, Sshd host, String base, String password) {
    return new MachineForm(
        name,
        "127.0.0.1",
        Integer.toString(host.port()),
        host.user(),
        LoginKind.PASSWORD,
        password,
        null,
        null,
        "test",
        "2",
        base);
  }

  private static MachineStep lastOf(List<MachineStep> steps) {
    return steps.get(steps.size() - 1);
  }

  private static <T> T asAdmin(Supplier<T> work) {
    return SystemActor.call(work);
  }
}
