package io.cachesync.web.check;

import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineState;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** What people do with checks, and what everybody reads of them. */
@Service
class CheckService {
  private static final Map<String, String> COLUMNS =
      Map.of(
          "source", "source_label",
          "target", "target_label",
          "machine", "machine_name",
          "state", "state",
          "different", "different_keys",
          "created", "created_at");

  /** What a list can be sorted by. */
  static final Set<String> SORTS = COLUMNS.keySet();

  /** What it found is not over with. */
  static final String IN_REPAIR = "check.refused.deleteRepaired";

  private static final int EXPORTED_AT_ONCE = 500;
  private static final int LOG_LINES = 200;

  private final CheckMapper checks;
  private final DifferenceMapper differences;
  private final RepairMapper repairs;
  private final CheckEnds ends;
  private final MachineService machines;
  private final CheckLogs logs;
  private final AuditService audit;
  private final JsonMapper json;
  private final Clock clock;

  CheckService(
      CheckMapper checks,
      DifferenceMapper differences,
      RepairMapper repairs,
      CheckEnds ends,
      MachineService machines,
      CheckLogs logs,
      AuditService audit,
      JsonMapper json,
      Clock clock) {
    this.checks = checks;
    this.differences = differences;
    this.repairs = repairs;
    this.ends = ends;
    this.machines = machines;
    this.logs = logs;
    this.audit = audit;
    this.json = json;
    this.clock = clock;
  }

  /** The check, or a refusal that says that there is none. */
  @RequiresViewer
  Check get(long id) {
    return checks.find(id).orElseThrow(() -> Refusal.notFound("check.refused.unknown", id));
  }

  @RequiresViewer
  Page<Check> search(CheckFilter filter, PageRequest request) {
    String orderBy = request.orderBy(COLUMNS, "id desc");
    return new Page<>(
        checks.search(filter.where(), orderBy, request.limit(), request.offset()),
        checks.count(filter.where()),
        request);
  }

  /** The newest check of a task that is none of a repair's keys only. */
  @RequiresViewer
  Optional<Check> newestOfTask(long taskId) {
    return checks.newestOfTask(taskId);
  }

  /** The keys of a repair, where it looks at them only. */
  @RequiresViewer
  Optional<RepairMapper.Scope> repaired(Check check) {
    return repairs.scope(check.id());
  }

  /** How it is done. */
  @RequiresViewer
  CheckSpec spec(Check check) {
    return json.readValue(check.specJson(), CheckSpec.class);
  }

  /** What its agent told last, or null before the first. */
  @RequiresViewer
  CheckReport report(Check check) {
    return check.reportJson() == null
        ? null
        : json.readValue(check.reportJson(), CheckReport.class);
  }

  /** What its agent said last, oldest first, as much as a page shows. */
  @RequiresViewer
  List<CheckLogMapper.Line> log(long id) {
    return logs.newest(id, LOG_LINES);
  }

  /**
   * The same.
   *
   * @param most lines
   */
  @RequiresViewer
  List<CheckLogMapper.Line> log(long id, int most) {
    return logs.newest(id, most);
  }

  /** What is asked for again by "check again". */
  @RequiresViewer
  CheckAsk asked(Check check) {
    return new CheckAsk(
        check.taskId(),
        check.sourceNumber(),
        check.taskId() == null ? check.sourceEndpointId() : null,
        check.taskId() == null ? check.targetEndpointId() : null,
        check.machineId(),
        spec(check),
        check.limits());
  }

  /** Keys that differ, and whatever is unlike in each. */
  @RequiresViewer
  Page<List<DifferenceRow>> keys(long id, DifferenceFilter filter, PageRequest request) {
    List<String> keys = differences.keys(id, filter.where(), request.limit(), request.offset());
    return new Page<>(rows(id, keys), differences.countKeys(id, filter.where()), request);
  }

  /** Other checks of the same ends that are done, newest first. */
  @RequiresViewer
  List<Check> ofSameEnds(Check check) {
    return checks.ofEnds(check.endsHash(), check.id());
  }

  /** Keys that differ in one of two checks or in both. */
  @RequiresViewer
  Page<List<DifferenceRow>> compared(Comparison comparison, PageRequest request) {
    long of = comparison.listedIn();
    List<String> ids =
        differences.keysBeside(
            of,
            comparison.other(of),
            comparison.change() == Comparison.Change.STILL,
            request.limit(),
            request.offset());
    return new Page<>(rows(of, ids), compared(comparison), request);
  }

  /** How many there are. */
  @RequiresViewer
  long compared(Comparison comparison) {
    long of = comparison.listedIn();
    return differences.countBeside(
        of, comparison.other(of), comparison.change() == Comparison.Change.STILL);
  }

  /** The next differences behind one, with what people stored. */
  @RequiresOperator
  List<DifferenceRow> listedAfter(long id, long after) {
    return differences.after(id, after, EXPORTED_AT_ONCE);
  }

  /** By what the list can be narrowed. */
  @RequiresViewer
  Narrowings narrowings(long id) {
    return new Narrowings(differences.kinds(id), differences.types(id), differences.databases(id));
  }

  @RequiresOperator
  @Transactional
  Check start(CheckAsk ask) {
    CheckEnds.Pair pair = ends.pair(ask);
    Machine machine =
        Optional.ofNullable(ask.machineId())
            .flatMap(machines::find)
            .orElseThrow(() -> Refusal.invalid("machineId", "check.invalid.choose"));
    if (machine.state() != MachineState.READY) {
      throw Refusal.invalid("machineId", "check.invalid.machine", machine.name());
    }
    Instant now = clock.instant();
    CheckSpec how =
        pair.oneOfSeveral() || ask.spec().program() != null ? oneDirection(ask.spec()) : ask.spec();
    CheckMapper.NewId made = new CheckMapper.NewId();
    checks.insert(
        new Check(
            null,
            ask.taskId(),
            pair.taskName(),
            ask.sourceNumber(),
            pair.sourceId(),
            pair.sourceLabel(),
            pair.targetId(),
            pair.targetLabel(),
            pair.hash(),
            machine.id(),
            machine.name(),
            json.writeValueAsString(how),
            ask.limits().bytesPerSecond(),
            ask.limits().commandsPerSecond(),
            CheckState.QUEUED,
            now,
            0,
            null,
            null,
            null,
            null,
            0,
            0,
            0,
            Check.NOT_LISTED,
            actor(),
            now,
            null,
            null),
        made);
    Check started = get(made.getId());
    audit.record("check.start", subject(started), how.mode() + ", " + machine.name());
    return started;
  }

  /** The same once more. */
  @RequiresOperator
  @Transactional
  Check repeat(long id) {
    Check check = get(id);
    if (CheckEnds.isOrphan(check)) {
      throw Refusal.conflict("check.refused.taskGone", check.taskName());
    }
    return start(asked(check));
  }

  @RequiresOperator
  @Transactional
  Check stop(long id) {
    Check check = get(id);
    if (!check.state().stoppable()
        || checks.move(id, check.state(), CheckState.STOPPING, clock.instant()) == 0) {
      throw Refusal.conflict("check.refused.stop");
    }
    checks.postpone(id, null);
    audit.record("check.stop", subject(check));
    return get(id);
  }

  /** Sets the limits of each side; a check that runs obeys within a second or two. */
  @RequiresOperator
  @Transactional
  Check limit(long id, LimitSpec limits) {
    Check check = get(id);
    if (!check.state().stoppable()) {
      throw Refusal.conflict("check.refused.limit");
    }
    checks.limit(id, limits.bytesPerSecond(), limits.commandsPerSecond());
    audit.record(
        "check.limit",
        subject(check),
        limits.bytesPerSecond() + " B/s, " + limits.commandsPerSecond() + " commands/s");
    return get(id);
  }

  /** Removes a check and all that it found, unless a repair is yet to read that. */
  @RequiresOperator
  @Transactional
  void delete(long id) {
    checks.lock(id);
    Check check = get(id);
    if (!check.state().ended()) {
      throw Refusal.conflict("check.refused.delete");
    }
    Long repair = repairs.openOf(id);
    if (repair != null) {
      throw Refusal.conflict(IN_REPAIR, repair.toString());
    }
    differences.deleteOf(id);
    checks.delete(id);
    audit.record("check.delete", subject(check), check.state().name());
  }

  /** What is unlike in each of some keys. */
  private List<List<DifferenceRow>> rows(long id, List<String> keys) {
    List<DifferenceRow> rows = keys.isEmpty() ? List.of() : differences.ofKeys(id, keys);
    return keys.stream()
        .map(key -> rows.stream().filter(row -> row.keyId().equals(key)).toList())
        .toList();
  }

  /** The target has the keys of the other sources too; and redis-full-check goes one way only. */
  private static CheckSpec oneDirection(CheckSpec how) {
    return how.but().source(null).target(null).bothDirections(false).build();
  }

  private static String subject(Check check) {
    return check.name() + " (" + check.id() + ")";
  }

  private static String actor() {
    Authentication user = SecurityContextHolder.getContext().getAuthentication();
    return user == null ? "system" : user.getName();
  }

  /** What there is in the list, to choose from. */
  record Narrowings(
      List<DifferenceMapper.Count> kinds,
      List<DifferenceMapper.Count> types,
      List<Integer> databases) {}
}
