package io.cachesync.web.machine;

import io.cachesync.web.security.KeptSecrets;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a person types about a machine. When one is edited, an empty password or key leaves the
 * stored one as it is.
 *
 * @param port text, so that what was typed comes back with its error
 * @param capacity likewise
 */
public record MachineForm(
    @NotBlank(message = "{common.field.required}")
        @Size(max = 120, message = "{machine.invalid.long}")
        String name,
    @NotBlank(message = "{common.field.required}")
        @Pattern(regexp = "[A-Za-z0-9._:%-]{0,255}", message = "{machine.invalid.host}")
        String host,
    @Pattern(regexp = "[0-9]{1,5}", message = "{machine.invalid.port}") String port,
    @NotBlank(message = "{common.field.required}")
        @Pattern(
            regexp = "([A-Za-z0-9_][A-Za-z0-9._@-]{0,63})?",
            message = "{machine.invalid.user}")
        String loginUser,
    @NotNull(message = "{common.field.required}") LoginKind loginKind,
    @Size(max = 1000, message = "{machine.invalid.long}") String password,
    @Size(max = 20_000, message = "{machine.invalid.long}") String privateKey,
    @Size(max = 1000, message = "{machine.invalid.long}") String passphrase,
    @Size(max = 400, message = "{machine.invalid.long}") String tags,
    @Pattern(regexp = "[1-9][0-9]{0,3}", message = "{machine.invalid.capacity}") String capacity,
    @Size(max = 300, message = "{machine.invalid.long}")
        @Pattern(
            regexp = "(\\$HOME|~)?(/(?!\\.{1,2}(/|$))[A-Za-z0-9._@+=-]+)+",
            message = "{machine.invalid.baseDir}")
        String baseDir) {

  static final String DEFAULT_BASE_DIR = "$HOME/cachesync";
  static final String DEFAULT_CAPACITY = "4";
  static final String DEFAULT_PORT = "22";

  public MachineForm {
    name = name == null ? null : name.strip();
    host = host == null ? null : host.strip();
    port = blankTo(port, DEFAULT_PORT);
    loginUser = loginUser == null ? null : loginUser.strip();
    password = password == null ? "" : password;
    privateKey = privateKey == null ? "" : privateKey;
    passphrase = passphrase == null ? "" : passphrase;
    tags = tags == null ? "" : tags.strip();
    capacity = blankTo(capacity, DEFAULT_CAPACITY);
    baseDir = blankTo(baseDir, DEFAULT_BASE_DIR);
  }

  static MachineForm empty() {
    return new MachineForm(
        null, null, null, null, LoginKind.KEY, null, null, null, null, null, null);
  }

  static MachineForm of(Machine machine) {
    return new MachineForm(
        machine.name(),
        machine.host(),
        Integer.toString(machine.port()),
        machine.loginUser(),
        machine.loginKind(),
        null,
        null,
        null,
        machine.tags(),
        Integer.toString(machine.capacity()),
        machine.baseDir());
  }

  /** The secrets of the chosen kind of login by name of field. */
  Map<String, KeptSecrets.Typed> secrets() {
    if (loginKind == LoginKind.PASSWORD) {
      return Map.of("password", typed(password));
    }
    Map<String, KeptSecrets.Typed> secrets = new TreeMap<>();
    secrets.put("privateKey", typed(privateKey));
    // A key that is typed anew comes with its own passphrase, or with none.
    if (privateKey.isBlank() || !passphrase.isEmpty()) {
      secrets.put("passphrase", typed(passphrase));
    }
    return secrets;
  }

  private KeptSecrets.Typed typed(String secret) {
    return new KeptSecrets.Typed(
        secret,
        List.of(
            Objects.requireNonNullElse(host, ""), port, Objects.requireNonNullElse(loginUser, "")));
  }

  MachineForm withSecrets(Map<String, String> secrets) {
    return new MachineForm(
        name,
        host,
        port,
        loginUser,
        loginKind,
        secrets.getOrDefault("password", ""),
        secrets.getOrDefault("privateKey", ""),
        secrets.getOrDefault("passphrase", ""),
        tags,
        capacity,
        baseDir);
  }

  /** The secret of the chosen kind of login; may be empty. */
  String secret() {
    return loginKind == LoginKind.PASSWORD ? password : privateKey.strip();
  }

  @Override
  public String toString() {
    return "MachineForm[" + name + "]";
  }

  private static String blankTo(String text, String otherwise) {
    return text == null || text.isBlank() ? otherwise : text.strip();
  }
}
