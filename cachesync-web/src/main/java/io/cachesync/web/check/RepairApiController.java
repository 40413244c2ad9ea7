package io.cachesync.web.check;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Repairs by REST. */
@RestController
@RequestMapping("/api/v1/checks/{id}")
class RepairApiController {
  private final CheckService checks;
  private final RepairService repairs;
  private final KeyViews keys;

  RepairApiController(CheckService checks, RepairService repairs, KeyViews keys) {
    this.checks = checks;
    this.repairs = repairs;
    this.keys = keys;
  }

  /** What a check has repaired before it compared. */
  @GetMapping("/repair")
  RepairAnswer get(@PathVariable long id) {
    Check check = checks.get(id);
    return repairs
        .of(id)
        .map(repair -> answer(check, repair))
        .orElseThrow(() -> Refusal.notFound("check.repair.none", id));
  }

  /** What would become of keys that a check has listed, as both sides stand now. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/repair/plan")
  RepairPlan plan(@PathVariable long id, @RequestBody RepairRequest request) {
    return repairs.plan(id, choice(request), request.deletesExtra());
  }

  /** Repairs keys that a check has listed, and compares them: the answer is of that check. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/repair")
  ResponseEntity<RepairAnswer> start(@PathVariable long id, @RequestBody RepairRequest request) {
    Check started = repairs.start(id, choice(request), request.deletesExtra());
    return ResponseEntity.created(URI.create("/api/v1/checks/" + started.id()))
        .body(answer(started, repairs.of(started.id()).orElseThrow()));
  }

  /** What the target had before a repair, one key a line. */
  @ForRole(Role.OPERATOR)
  @GetMapping("/undo.jsonl")
  void undo(@PathVariable long id, HttpServletResponse response) throws IOException {
    UndoDownload.send(repairs, id, response);
  }

  /** What is left out must not mean everything. */
  private static RepairChoice choice(RepairRequest request) {
    RepairChoice choice = request.choice();
    if (choice.all() && !request.all()) {
      throw Refusal.invalid("all", "check.repair.sayAll");
    }
    return choice;
  }

  private RepairAnswer answer(Check check, Repair repair) {
    return new RepairAnswer(
        check.id(),
        repair.ofCheckId(),
        repair.chosenKeys(),
        repair.unnamedKeys(),
        repair.deletesExtra(),
        repair.withinTask(),
        check.machineName(),
        keys.showValues() ? repair.undoFile() : null,
        repairs.report(repair),
        repairs.left(repair));
  }
}
