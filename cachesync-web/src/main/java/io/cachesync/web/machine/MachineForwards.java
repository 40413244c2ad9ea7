package io.cachesync.web.machine;

import io.cachesync.contract.LogLevel;
import io.cachesync.web.schedule.Claims;
import io.cachesync.web.ssh.PortForward;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.ssh.SshPool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Keeps a port open on the machines that cannot reach the console: for as long as jobs run there,
 * by one console each, on the same port again after a drop or a restart, because the agents know
 * it.
 */
@Component
public class MachineForwards implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(MachineForwards.class);
  private static final long INTERVAL_SECONDS = 3;
  private static final Duration HOLD = Duration.ofSeconds(20);

  /** A test and a job that is being launched need it before any job is seen to run. */
  private static final Duration KEPT_UNUSED = Duration.ofMinutes(1);

  private final MachineMapper machines;
  private final MachineConnections connections;
  private final MachineLog log;
  private final ConsoleAddress console;
  private final SshPool pool;
  private final Claims claims;
  private final Clock clock;
  private final ObjectProvider<MachineUse> use;
  private final ScheduledExecutorService keeper =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "machine-forwards");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<Long, PortForward> open = new ConcurrentHashMap<>();
  private final Map<Long, Instant> askedAt = new ConcurrentHashMap<>();
  private final Map<Long, Object> locks = new ConcurrentHashMap<>();

  MachineForwards(
      MachineMapper machines,
      MachineConnections connections,
      MachineLog log,
      ConsoleAddress console,
      SshPool pool,
      Claims claims,
      Clock clock,
      ObjectProvider<MachineUse> use) {
    this.machines = machines;
    this.connections = connections;
    this.log = log;
    this.console = console;
    this.pool = pool;
    this.claims = claims;
    this.clock = clock;
    this.use = use;
  }

  /**
   * The port on the machine that leads to a console, opened now if none is.
   *
   * @throws SshFault when it cannot be opened
   */
  public int open(Machine machine) {
    askedAt.put(machine.id(), clock.instant());
    synchronized (locks.computeIfAbsent(machine.id(), id -> new Object())) {
      PortForward forward = open.get(machine.id());
      if (forward != null && forward.isOpen()) {
        return forward.remotePort();
      }
      if (!take(machine.id())) {
        return machine.forwardPort();
      }
      PortForward opened = openAgain(machine);
      open.put(machine.id(), opened);
      if (opened.remotePort() != machine.forwardPort()) {
        machines.updateForwardPort(machine.id(), opened.remotePort());
      }
      log.add(machine.id(), LogLevel.INFO, Sentence.of("machine.log.forward", opened.remotePort()));
      return opened.remotePort();
    }
  }

  /**
   * Each console looks after its own forwards: the tick of all consoles would ask now one, now
   * another.
   */
  @EventListener(ApplicationReadyEvent.class)
  void begin() {
    keeper.scheduleWithFixedDelay(this::look, 0, INTERVAL_SECONDS, TimeUnit.SECONDS);
  }

  /** Opens what should be open and closes what nobody needs. */
  private void look() {
    try {
      tick();
    } catch (RuntimeException e) {
      LOG.error("looking after the port forwards failed", e);
    }
  }

  void tick() {
    Map<Long, Integer> jobs =
        use.stream().findFirst().map(MachineUse::openJobCounts).orElse(Map.of());
    List<Long> wanted = jobs.keySet().stream().filter(id -> jobs.get(id) > 0).toList();
    open.keySet().stream().filter(id -> !wanted.contains(id) && unused(id)).forEach(this::close);
    claims.each("machine-forward", wanted, HOLD, lease -> true, this::keep, lease -> {});
  }

  @Override
  public void destroy() {
    keeper.shutdownNow();
    open.keySet().forEach(this::close);
  }

  private void keep(long machineId) {
    Machine machine = machines.find(machineId).orElse(null);
    if (machine == null || machine.reportRoute() == ReportRoute.DIRECT || machine.blocked()) {
      return;
    }
    if (!take(machineId)) {
      drop(machineId);
      return;
    }
    try {
      open(machine);
    } catch (SshFault fault) {
      connections.failed(machine, fault);
    }
  }

  /** The port that running agents know; another only where no agent knows one. */
  private PortForward openAgain(Machine machine) {
    try {
      return forward(machine, machine.forwardPort());
    } catch (SshFault fault) {
      boolean known = use.stream().anyMatch(each -> !each.openJobs(machine.id()).isEmpty());
      if (fault.code() != SshFault.Code.FORWARD_REFUSED || machine.forwardPort() == 0 || known) {
        throw fault;
      }
      return forward(machine, 0);
    }
  }

  private PortForward forward(Machine machine, int port) {
    return pool.forward(
        connections.target(machine), port, console.localHost(), console.localPort());
  }

  private boolean unused(long machineId) {
    Instant asked = askedAt.getOrDefault(machineId, Instant.EPOCH);
    return asked.isBefore(clock.instant().minus(KEPT_UNUSED));
  }

  private boolean take(long machineId) {
    Instant now = clock.instant();
    return machines.takeForward(machineId, claims.owner(), now, now.plus(HOLD)) > 0;
  }

  private void close(long machineId) {
    drop(machineId);
    machines.giveForward(machineId, claims.owner());
  }

  private void drop(long machineId) {
    PortForward forward = open.remove(machineId);
    if (forward != null) {
      forward.close();
    }
  }
}
