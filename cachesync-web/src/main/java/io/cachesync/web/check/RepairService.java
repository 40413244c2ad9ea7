package io.cachesync.web.check;

import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairPlanSpec;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.agent.ForegroundAgent;
import io.cachesync.web.agent.Job;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What people do with keys that a check has found unlike: plan a repair, and start it. */
@Service
class RepairService {
  /** Keys that a plan looks at while somebody waits. */
  static final int MOST_PLANNED = 2000;

  /** Keys of a plan that are shown. */
  static final int MOST_SHOWN = 200;

  /** Of those without a whole name. */
  static final int MOST_UNNAMED = 20;

  private final CheckService checks;
  private final RepairStore store;
  private final RepairMapper repairs;
  private final CheckMapper locks;
  private final CheckEnds ends;
  private final AgentService agents;
  private final ForegroundAgent foreground;
  private final MachineService machines;
  private final AuditService audit;
  private final TransactionTemplate transaction;
  private final JsonMapper json;

  RepairService(
      CheckService checks,
      RepairStore store,
      RepairMapper repairs,
      CheckMapper locks,
      CheckEnds ends,
      AgentService agents,
      ForegroundAgent foreground,
      MachineService machines,
      AuditService audit,
      TransactionTemplate transaction,
      JsonMapper json) {
    this.checks = checks;
    this.store = store;
    this.repairs = repairs;
    this.locks = locks;
    this.ends = ends;
    this.agents = agents;
    this.foreground = foreground;
    this.machines = machines;
    this.audit = audit;
    this.transaction = transaction;
    this.json = json;
  }

  @RequiresViewer
  Optional<Repair> of(long checkId) {
    return repairs.find(checkId);
  }

  @RequiresViewer
  RepairReport report(Repair repair) {
    return store.report(repair);
  }

  /** What was not repaired, by the names of the keys. */
  @RequiresViewer
  List<RepairedKey> left(Repair repair) {
    return store.results(repair);
  }

  /** Whether what a check has found can be repaired: it is over, and its ends are known. */
  @RequiresViewer
  boolean isRepairable(Check check) {
    return check.state().ended() && check.listed() > 0 && !CheckEnds.isOrphan(check);
  }

  /** Where it would be done: in the task of the check while that runs. */
  @RequiresViewer
  RepairPlace place(Check check) {
    if (ends.isSpread(check)) {
      throw Refusal.conflict("check.repair.spread");
    }
    Optional<Job> running =
        check.taskId() == null
            ? Optional.empty()
            : agents.jobsOfTask(String.valueOf(check.taskId())).stream()
                .filter(Job::open)
                .findFirst();
    Long machineId = running.map(Job::machineId).orElse(check.machineId());
    Machine machine =
        Optional.ofNullable(machineId)
            .flatMap(machines::find)
            .orElseThrow(() -> Refusal.conflict("check.repair.noMachine"));
    return new RepairPlace(
        machine.id(),
        machine.name(),
        running.map(Job::directory).orElse(""),
        running.isPresent() ? check.taskName() : "");
  }

  /** Looks at both sides, from the machine; nothing is written. Takes seconds. */
  @RequiresOperator
  RepairPlan plan(long id, RepairChoice choice, boolean deletesExtra) {
    Check check = repairable(id);
    ChosenKeys chosen = chosen(check, choice);
    List<NamedKey> keys = chosen.named();
    List<NamedKey> some = keys.subList(0, Math.min(keys.size(), MOST_PLANNED));
    RepairPlace place = place(check);
    RepairSpec spec =
        new RepairSpec(ends.byAgent(check), deletesExtra, true, place.directory(), "", false);
    Map<RepairCourse, Long> courses = new EnumMap<>(RepairCourse.class);
    List<RepairedKey> shown = new ArrayList<>();
    RepairReport end =
        ask(
            place.machineId(),
            new RepairPlanSpec(spec, some, ends.secrets(check)),
            key -> {
              courses.merge(key.course(), 1L, Long::sum);
              if (shown.size() < MOST_SHOWN) {
                shown.add(key);
              }
            });
    if (end.fault() != null) {
      throw Refusal.conflict(
          "check.repair.noPlan", end.fault().code().name(), end.fault().message());
    }
    List<String> unnamed =
        chosen.unnamed().stream().limit(MOST_UNNAMED).map(NamedKey::key).toList();
    return new RepairPlan(
        keys.size(), chosen.unnamed().size(), unnamed, end.done(), courses, shown);
  }

  private RepairReport ask(long machineId, RepairPlanSpec spec, Consumer<RepairedKey> keys) {
    List<RepairReport> ends = new ArrayList<>();
    try {
      foreground.run(
          machineId,
          "repair",
          ContractJson.write(spec),
          line -> {
            synchronized (ends) {
              read(line, keys, ends);
            }
          });
    } catch (SshFault fault) {
      throw Refusal.conflict(fault.messageKey(), fault.arguments().toArray());
    } catch (AgentFault fault) {
      throw Refusal.conflict(fault.messageKey(), fault.getMessage());
    }
    synchronized (ends) {
      return ends.stream()
          .findFirst()
          .orElseThrow(() -> Refusal.conflict("endpoint.refused.noAnswer"));
    }
  }

  /** A line of a key has no phase; the last line has. */
  private static void read(String line, Consumer<RepairedKey> keys, List<RepairReport> ends) {
    if (!line.startsWith("{")) {
      return;
    }
    try {
      RepairReport end = ContractJson.read(line, RepairReport.class);
      if (end.phase() != RepairPhase.UNKNOWN) {
        ends.add(end);
      } else {
        keys.accept(ContractJson.read(line, RepairedKey.class));
      }
    } catch (JacksonException e) {
      // What a server's login prints is no answer.
      return;
    }
  }

  /** Starts a check that repairs these keys first; one at a time between the same ends. */
  @RequiresOperator
  Check start(long id, RepairChoice choice, boolean deletesExtra) {
    String endsHash = checks.get(id).endsHash();
    return transaction.execute(
        status -> {
          // Before anything is read in here: it is read as the one before has left it.
          locks.lockEnds(endsHash);
          locks.lock(id);
          Long running = repairs.openOfEnds(endsHash);
          if (running != null) {
            throw Refusal.conflict("check.repair.running", running.toString());
          }
          return startLocked(repairable(id), choice, deletesExtra);
        });
  }

  private Check startLocked(Check check, RepairChoice choice, boolean deletesExtra) {
    ChosenKeys chosen = chosen(check, choice);
    List<NamedKey> keys = chosen.named();
    RepairPlace place = place(check);
    CheckAsk asked = checks.asked(check);
    Check started =
        checks.start(
            new CheckAsk(
                asked.taskId(),
                asked.sourceNumber(),
                asked.sourceEndpointId(),
                asked.targetEndpointId(),
                place.machineId(),
                ofAll(asked.spec()),
                asked.limits()));
    if (!started.endsHash().equals(check.endsHash())) {
      // What was found elsewhere says nothing of these; all is taken back.
      throw Refusal.conflict(CheckEnds.MOVED);
    }
    String undoFile =
        machines.get(place.machineId()).basePath() + "/undo/" + started.jobId() + ".jsonl";
    repairs.insert(
        new Repair(
            started.id(),
            check.id(),
            json.writeValueAsString(choice),
            keys.size(),
            chosen.unnamed().size(),
            deletesExtra,
            place.directory(),
            place.task(),
            undoFile,
            null,
            store.unnamed(chosen)));
    audit.record(
        "check.repair",
        started.name() + " (" + started.id() + ")",
        keys.size()
            + " keys of check "
            + check.id()
            + (deletesExtra ? ", removes extra keys" : ""));
    return started;
  }

  /**
   * The lines of the undo file, from the machine.
   *
   * @throws Refusal also behind some lines, where the machine goes away
   */
  @RequiresOperator
  void undo(long checkId, Consumer<String> lines) {
    Check check = checks.get(checkId);
    Repair repair =
        repairs.find(checkId).orElseThrow(() -> Refusal.notFound("check.repair.none", checkId));
    if (check.machineId() == null) {
      throw Refusal.conflict("check.repair.noMachine");
    }
    String file = repair.undoFile();
    try {
      if (!agents.hasUndo(check.machineId(), file)) {
        throw Refusal.notFound("check.repair.noUndo", check.machineName(), file);
      }
      // Who is given some of it has read it, whether it comes to its end or not.
      audit.record("check.undo", check.name() + " (" + check.id() + ")", file);
      agents.readUndo(check.machineId(), file, lines);
    } catch (SshFault fault) {
      throw Refusal.conflict(fault.messageKey(), fault.arguments().toArray());
    }
  }

  private Check repairable(long id) {
    Check check = checks.get(id);
    if (!isRepairable(check)) {
      throw Refusal.conflict("check.repair.refused");
    }
    return check;
  }

  private ChosenKeys chosen(Check check, RepairChoice choice) {
    ChosenKeys keys = store.chosen(check.id(), choice);
    if (keys.isEmpty()) {
      throw Refusal.conflict("check.repair.nothing");
    }
    if (keys.named().isEmpty()) {
      throw Refusal.conflict("check.repair.unnamed", keys.unnamed().size());
    }
    return keys;
  }

  /** What was chosen is compared whole, and in more than one round. */
  private static CheckSpec ofAll(CheckSpec how) {
    return how.but()
        .source(null)
        .target(null)
        .rounds(Math.max(2, how.rounds()))
        .samplePercent(100)
        .program(null)
        .build();
  }
}
