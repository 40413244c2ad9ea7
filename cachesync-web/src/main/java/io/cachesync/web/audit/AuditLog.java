package io.cachesync.web.audit;

import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import java.util.List;
import java.util.Map;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;

/** Reads what {@link AuditService} wrote. */
@Service
@PreAuthorize("hasRole('VIEWER')")
public class AuditLog {
  /** An export of more is refused by cutting: the newest rows are what anybody asks for. */
  static final int MAX_EXPORT = 50_000;

  private static final Map<String, String> COLUMNS =
      Map.of("at", "at", "actor", "actor", "action", "action", "subject", "subject");

  private final AuditMapper mapper;

  AuditLog(AuditMapper mapper) {
    this.mapper = mapper;
  }

  public Page<AuditEvent> find(AuditFilter filter, PageRequest request) {
    return new Page<>(
        mapper.list(filter, request.orderBy(COLUMNS, "at desc"), request.limit(), request.offset()),
        mapper.count(filter),
        request);
  }

  public List<AuditEvent> export(AuditFilter filter) {
    return mapper.list(filter, "at desc", MAX_EXPORT, 0);
  }

  public List<String> actors() {
    return mapper.actors();
  }

  public List<String> actions() {
    return mapper.actions();
  }
}
