package io.cachesync.web.endpoint;

import io.cachesync.contract.EndpointFacts;
import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Valid;
import jakarta.validation.Validator;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The registry of endpoints for programs. */
@RestController
@RequestMapping("/api/v1/endpoints")
class EndpointApiController {
  private final EndpointService endpoints;
  private final EndpointProbe probe;
  private final Validator validator;

  EndpointApiController(EndpointService endpoints, EndpointProbe probe, Validator validator) {
    this.endpoints = endpoints;
    this.probe = probe;
    this.validator = validator;
  }

  /** Endpoints by name, filtered and paged. */
  @GetMapping
  EndpointList list(
      @RequestParam(required = false) String text,
      @RequestParam(required = false) String owner,
      @RequestParam(required = false) String tag,
      PageRequest request) {
    Page<Endpoint> page =
        endpoints.search(
            new EndpointFilter(text, owner, tag), request.checked(EndpointService.SORTS));
    return new EndpointList(page.items(), page.total());
  }

  @GetMapping("/{id}")
  Endpoint get(@PathVariable long id) {
    return endpoints.get(id);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping
  ResponseEntity<Endpoint> create(@Valid @RequestBody EndpointForm form) {
    Endpoint added = endpoints.add(form);
    return ResponseEntity.created(URI.create("/api/v1/endpoints/" + added.id())).body(added);
  }

  /**
   * Changes an endpoint; {@code version} must be the one that was read. Without a password the
   * stored one stays, as long as it goes to the same addresses, address map, master of sentinels,
   * user and TLS as before.
   */
  @ForRole(Role.OPERATOR)
  @PutMapping("/{id}")
  Endpoint update(@PathVariable long id, @RequestBody EndpointChange change) {
    Endpoint before = endpoints.get(id);
    change.checkAgainst(before);
    EndpointForm form = change.form(before);
    Set<ConstraintViolation<EndpointForm>> violations = validator.validate(form);
    if (!violations.isEmpty()) {
      throw new ConstraintViolationException(violations);
    }
    return endpoints.edit(id, form);
  }

  @ForRole(Role.OPERATOR)
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable long id) {
    endpoints.delete(id);
  }

  /** What the endpoint says of itself now, as the machine sees it. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/connect")
  EndpointFacts connect(@PathVariable long id, @RequestParam long machineId) {
    return probe.look(machineId, endpoints.get(id).toContract(), endpoints.secrets(id));
  }

  /** One page of endpoints, and how many there are in all. */
  record EndpointList(List<Endpoint> items, long total) {}
}
