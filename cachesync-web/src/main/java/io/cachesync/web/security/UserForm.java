package io.cachesync.web.security;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/** A user to be added. */
record UserForm(
    @Size(max = 64, message = "{security.name.form}")
        @Pattern(regexp = "[\\p{L}\\p{N}][\\p{L}\\p{N}._@-]*", message = "{security.name.form}")
        @NotNull(message = "{security.name.form}")
        String name,
    @NotNull(message = "{common.field.required}") Role role) {}
