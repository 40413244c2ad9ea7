package io.cachesync.web.check;

import io.cachesync.web.security.Role;
import java.util.List;
import java.util.Locale;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/** Differing keys for who looks at them: names for everybody, what is in them for operators. */
@Component
class KeyViews {
  private final CheckViews views;
  private final RoleHierarchy roles;

  KeyViews(CheckViews views, RoleHierarchy roles) {
    this.views = views;
    this.roles = roles;
  }

  /** Whether the caller may see what stands in a key: fields, members, values. */
  boolean showValues() {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    return caller != null
        && roles.getReachableGrantedAuthorities(caller.getAuthorities()).stream()
            .map(GrantedAuthority::getAuthority)
            .anyMatch(Role.OPERATOR.authority()::equals);
  }

  /** What the sources of a check are called, where they are several. */
  List<String> sources(Check check) {
    return views.sources(check);
  }

  /**
   * One key.
   *
   * @param sources what the check's sources are called, where they are several
   * @param rows all that is unlike in it
   */
  KeyView of(List<String> sources, List<DifferenceRow> rows, Locale locale) {
    DifferenceRow first = rows.get(0);
    boolean values = showValues();
    return new KeyView(
        first.keyId(),
        first.dbNumber(),
        first.keyText(),
        first.keyBase64(),
        first.type(),
        rows.stream().map(row -> views.kind(row.kind(), locale)).distinct().toList(),
        sources.isEmpty()
            ? List.of()
            : rows.stream()
                .map(row -> views.source(sources, row.sourceNumber(), locale))
                .distinct()
                .toList(),
        rows.stream().mapToLong(DifferenceRow::further).max().orElse(0),
        values ? rows.stream().map(row -> difference(sources, row, locale)).toList() : null);
  }

  private KeyView.Difference difference(List<String> sources, DifferenceRow row, Locale locale) {
    return new KeyView.Difference(
        row.kind().name(),
        views.kind(row.kind(), locale),
        row.fieldText(),
        row.fieldBase64(),
        row.sourceValue(),
        row.targetValue(),
        row.readAt(),
        row.roundNumber(),
        row.sourceOffset(),
        row.sourceNumber(),
        views.source(sources, row.sourceNumber(), locale));
  }
}
