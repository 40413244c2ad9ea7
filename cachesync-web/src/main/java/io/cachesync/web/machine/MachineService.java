package io.cachesync.web.machine;

import io.cachesync.contract.LogLevel;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.security.RequiresAdmin;
import io.cachesync.web.security.SecretBox;
import io.cachesync.web.ssh.HostKeyPin;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.ssh.SshPool;
import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The machines: what is known of them, and every change to them. */
@Service
public class MachineService {
  private final MachineMapper machines;
  private final MachineSampleMapper samples;
  private final MachineLog log;
  private final MachineWork work;
  private final MachineTester tester;
  private final MachineConnections connections;
  private final SshPool pool;
  private final SecretBox box;
  private final AuditService audit;
  private final ObjectProvider<MachineUse> use;
  private final ApplicationEventPublisher publisher;
  private final Clock clock;

  MachineService(
      MachineMapper machines,
      MachineSampleMapper samples,
      MachineLog log,
      MachineWork work,
      MachineTester tester,
      MachineConnections connections,
      SshPool pool,
      SecretBox box,
      AuditService audit,
      ObjectProvider<MachineUse> use,
      ApplicationEventPublisher publisher,
      Clock clock) {
    this.machines = machines;
    this.samples = samples;
    this.log = log;
    this.work = work;
    this.tester = tester;
    this.connections = connections;
    this.pool = pool;
    this.box = box;
    this.audit = audit;
    this.use = use;
    this.publisher = publisher;
    this.clock = clock;
  }

  public List<Machine> all() {
    return machines.all();
  }

  public Optional<Machine> find(long id) {
    return machines.find(id);
  }

  public Machine get(long id) {
    return find(id).orElseThrow(() -> Refusal.notFound("machine.refused.unknown", id));
  }

  /** Open jobs by machine; machines without any are left out. */
  public Map<Long, Integer> openJobCounts() {
    return use.stream().findFirst().map(MachineUse::openJobCounts).orElse(Map.of());
  }

  public List<MachineJob> openJobs(long id) {
    return use.stream().findFirst().map(each -> each.openJobs(id)).orElse(List.of());
  }

  /** The usable machine with the most room for one more job, if any has room. */
  public Optional<Machine> leastLoaded() {
    return byRoomBut(null).stream().findFirst();
  }

  /**
   * The usable machines with room for one more job, the least loaded one first, but not this one.
   *
   * @param id of a machine, or null
   */
  public List<Machine> byRoomBut(Long id) {
    Map<Long, Integer> jobs = openJobCounts();
    return all().stream()
        .filter(Machine::usable)
        .filter(machine -> !machine.id().equals(id))
        .filter(machine -> jobs.getOrDefault(machine.id(), 0) < machine.capacity())
        .sorted(
            Comparator.<Machine>comparingDouble(
                    machine -> (double) jobs.getOrDefault(machine.id(), 0) / machine.capacity())
                .thenComparing(Machine::name))
        .toList();
  }

  /**
   * The key that a host shows, for a person to confirm.
   *
   * @throws SshFault when it cannot be had
   */
  @RequiresAdmin
  public HostKeyPin hostKey(String host, int port) {
    return pool.hostKey(host, port);
  }

  /**
   * Adds a machine.
   *
   * @param confirmed the host key that a person confirmed, or null if that is still to come
   */
  @RequiresAdmin
  @Transactional
  public Machine add(MachineForm form, HostKeyPin confirmed) {
    if (form.secret().isEmpty()) {
      throw missingSecret(form);
    }
    Machine machine = row(form, confirmed == null ? null : confirmed.text());
    try {
      machines.insert(machine, seal(form));
    } catch (DuplicateKeyException e) {
      throw Refusal.invalid("name", "machine.invalid.taken", form.name());
    }
    Machine added = machines.findByName(form.name()).orElseThrow();
    log.add(added.id(), LogLevel.INFO, Sentence.of("machine.log.added"));
    audit.record("machine.add", added.name(), added.loginUser() + "@" + added.address());
    return added;
  }

  /** Pins the key that a person confirmed, also in place of an older one. */
  @RequiresAdmin
  @Transactional
  public void confirmHostKey(long id, HostKeyPin confirmed) {
    Machine machine = get(id);
    machines.updateHostKey(id, confirmed.text());
    log.add(id, LogLevel.INFO, Sentence.of("machine.log.pinned", confirmed.fingerprint()));
    audit.record("machine.confirm-host-key", machine.name(), confirmed.fingerprint());
  }

  /**
   * Changes a machine. Another host or port means another host key to confirm, another base
   * directory an agent to install. A stored secret stays only for the host, port and user that it
   * was typed for.
   */
  @RequiresAdmin
  @Transactional
  public Machine edit(long id, MachineForm form) {
    Machine before = get(id);
    Machine asked = row(form, before.hostKey());
    boolean moved = !before.host().equals(asked.host()) || before.port() != asked.port();
    boolean otherLogin = moved || !before.loginUser().equals(asked.loginUser());
    boolean otherBase = otherLogin || !before.baseDir().equals(asked.baseDir());
    if (otherBase && !openJobs(id).isEmpty()) {
      throw Refusal.conflict("machine.refused.works", before.name());
    }
    if (form.secret().isEmpty() && form.loginKind() != before.loginKind()) {
      throw missingSecret(form);
    }
    if (form.secret().isEmpty() && otherLogin) {
      // A stored secret must not be sent to where somebody who does not know it points it.
      throw Refusal.invalid(secretField(form), "machine.invalid.secretAgain");
    }
    pool.forget(connections.target(before));
    try {
      machines.update(asked.edited(before, moved, otherBase));
    } catch (DuplicateKeyException e) {
      throw Refusal.invalid("name", "machine.invalid.taken", form.name());
    }
    if (!form.secret().isEmpty()) {
      machines.updateLogin(id, seal(form));
    }
    if (otherBase || !form.secret().isEmpty()) {
      work.forget(id);
    }
    log.add(id, LogLevel.INFO, Sentence.of("machine.log.edited"));
    audit.record("machine.edit", asked.name(), asked.loginUser() + "@" + asked.address());
    return get(id);
  }

  /** Gives it no new jobs; those that run go on. */
  @RequiresAdmin
  @Transactional
  public void disable(long id) {
    Machine machine = get(id);
    machines.updateState(id, MachineState.DISABLED);
    log.add(id, LogLevel.INFO, Sentence.of("machine.log.disabled"));
    audit.record("machine.disable", machine.name());
  }

  @RequiresAdmin
  @Transactional
  public void enable(long id) {
    Machine machine = get(id);
    machines.updateState(id, machine.agentSha256() == null ? MachineState.NEW : MachineState.READY);
    log.add(id, LogLevel.INFO, Sentence.of("machine.log.enabled"));
    audit.record("machine.enable", machine.name());
  }

  /**
   * Takes a person's word that a machine that does not answer is gone for good: it gets no new
   * jobs, and the tasks on it are told, so that they need not wait for it.
   */
  @RequiresAdmin
  @Transactional
  public void gone(long id) {
    Machine machine = get(id);
    if (machine.faultCode() == null) {
      throw Refusal.conflict("machine.refused.answers", machine.name());
    }
    int jobs = openJobs(id).size();
    machines.updateState(id, MachineState.DISABLED);
    String who = SecurityContextHolder.getContext().getAuthentication().getName();
    publisher.publishEvent(new MachineGone(id, machine.name(), who));
    log.add(id, LogLevel.WARN, Sentence.of("machine.log.gone", who, jobs));
    audit.record("machine.gone", machine.name(), machine.address() + ", jobs: " + jobs);
  }

  /** Forgets a machine on which nothing runs. What lies on it stays there. */
  @RequiresAdmin
  @Transactional
  public void remove(long id) {
    Machine machine = get(id);
    if (!openJobs(id).isEmpty()) {
      throw Refusal.conflict("machine.refused.works", machine.name());
    }
    pool.forget(connections.target(machine));
    work.delete(id);
    samples.delete(id);
    log.delete(id);
    machines.delete(id);
    audit.record("machine.remove", machine.name(), machine.address());
  }

  /** Starts a test; the machine's page shows its steps. */
  @RequiresAdmin
  public void startTest(long id) {
    Machine machine = confirmed(id);
    work.start(machine, "TEST", steps -> tester.test(machine, steps));
    audit.record("machine.test", machine.name());
  }

  /** Tests a machine and answers the steps; the last one may have failed. */
  @RequiresAdmin
  public List<MachineStep> test(long id) {
    Machine machine = confirmed(id);
    audit.record("machine.test", machine.name());
    return work.run(machine, "TEST", steps -> tester.test(machine, steps));
  }

  /** Notes which agent is installed; the machine takes jobs from here on. */
  public void agentInstalled(long id, String sha256) {
    machines.updateAgent(id, sha256);
    log.add(id, LogLevel.INFO, Sentence.of("machine.log.installed", sha256.substring(0, 12)));
  }

  /** The machine, if its host key was confirmed. */
  public Machine confirmed(long id) {
    Machine machine = get(id);
    if (machine.hostKey() == null) {
      throw Refusal.conflict("machine.refused.unconfirmed", machine.name());
    }
    return machine;
  }

  private Machine row(MachineForm form, String hostKey) {
    return new Machine(
        null,
        form.name(),
        form.host(),
        port(form),
        form.loginUser(),
        form.loginKind(),
        form.tags(),
        Integer.parseInt(form.capacity()),
        form.baseDir(),
        hostKey,
        MachineState.NEW,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        null,
        null,
        null,
        null,
        ReportRoute.UNKNOWN,
        0,
        clock.instant());
  }

  private static int port(MachineForm form) {
    int port = Integer.parseInt(form.port());
    if (port < 1 || port > 65_535) {
      throw Refusal.invalid("port", "machine.invalid.port");
    }
    return port;
  }

  private static Refusal missingSecret(MachineForm form) {
    return Refusal.invalid(secretField(form), "common.field.required");
  }

  private static String secretField(MachineForm form) {
    return form.loginKind() == LoginKind.PASSWORD ? "password" : "privateKey";
  }

  private MachineLogin seal(MachineForm form) {
    boolean withPassphrase = form.loginKind() == LoginKind.KEY && !form.passphrase().isEmpty();
    return new MachineLogin(
        form.loginKind(),
        box.seal(form.secret()),
        withPassphrase ? box.seal(form.passphrase()) : null);
  }
}
