package io.cachesync.web.machine;

import io.cachesync.contract.LogLevel;
import io.cachesync.web.security.SecretBox;
import io.cachesync.web.ssh.HostKeyPin;
import io.cachesync.web.ssh.SshConnection;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.ssh.SshLogin;
import io.cachesync.web.ssh.SshPool;
import io.cachesync.web.ssh.SshTarget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** SSH connections by machine; notes on the machine's row how they went. */
@Component
public class MachineConnections {
  private static final Duration SEEN_AGAIN = Duration.ofSeconds(5);

  private final MachineMapper machines;
  private final MachineLog log;
  private final SshPool pool;
  private final SecretBox box;
  private final Clock clock;

  MachineConnections(
      MachineMapper machines, MachineLog log, SshPool pool, SecretBox box, Clock clock) {
    this.machines = machines;
    this.log = log;
    this.pool = pool;
    this.box = box;
    this.clock = clock;
  }

  /**
   * A connection to the machine, logged in.
   *
   * @throws SshFault when it cannot be had; once the host has shown another key than the confirmed
   *     one, without asking it, until a person has looked
   */
  public SshConnection connect(Machine machine) {
    if (machine.blocked()) {
      Object[] arguments = machine.fault().values();
      throw new SshFault(
          SshFault.Code.HOST_KEY_CHANGED,
          machine.address() + " had shown another host key than the confirmed one",
          null,
          java.util.Arrays.copyOf(arguments, arguments.length, String[].class));
    }
    return look(machine);
  }

  /** As {@link #connect}, and asks also a machine that had shown another key. */
  SshConnection look(Machine machine) {
    try {
      SshConnection connection = pool.connect(target(machine));
      Instant now = clock.instant();
      if (machine.faultCode() != null
          || machine.seenAt() == null
          || machine.seenAt().isBefore(now.minus(SEEN_AGAIN))) {
        machines.seen(machine.id(), now);
        if (machine.faultCode() != null) {
          log.add(machine.id(), LogLevel.INFO, Sentence.of("machine.log.back"));
        }
      }
      return connection;
    } catch (SshFault fault) {
      failed(machine, fault);
      throw fault;
    }
  }

  /** Notes a fault of the machine as a whole; told in its log once, when it begins. */
  void failed(Machine machine, SshFault fault) {
    String arguments = Sentence.lines(fault.arguments());
    if (machines.failed(machine.id(), fault.code().name(), arguments, clock.instant()) > 0) {
      log.add(machine.id(), LogLevel.WARN, new Sentence(fault.messageKey(), arguments));
    }
    if (fault.code() == SshFault.Code.HOST_KEY_CHANGED) {
      pool.forget(target(machine));
    }
  }

  SshTarget target(Machine machine) {
    MachineLogin login = machines.login(machine.id()).orElseThrow();
    return new SshTarget(
        machine.host(),
        machine.port(),
        machine.loginUser(),
        open(login),
        machine.hostKey() == null ? null : HostKeyPin.parse(machine.hostKey()));
  }

  private SshLogin open(MachineLogin login) {
    String secret = box.open(login.secret());
    return switch (login.loginKind()) {
      case PASSWORD -> new SshLogin.Password(secret);
      case KEY ->
          new SshLogin.PrivateKey(
              secret, login.passphrase() == null ? "" : box.open(login.passphrase()));
    };
  }
}
