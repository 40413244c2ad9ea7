package io.cachesync.web.security;

import jakarta.validation.constraints.NotNull;

/** A token to be made. */
record TokenForm(
    @NotNull(message = "{common.field.required}") String name,
    @NotNull(message = "{common.field.required}") Role role,
    @NotNull(message = "{common.field.required}") Integer days) {
  static TokenForm empty() {
    return new TokenForm("", Role.OPERATOR, 90);
  }
}
