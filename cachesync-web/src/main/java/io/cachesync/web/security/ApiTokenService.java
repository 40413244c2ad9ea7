package io.cachesync.web.security;

import io.cachesync.web.audit.AuditService;
import io.cachesync.web.system.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Tokens for programs: made, listed, revoked, recognized. */
@Service
public class ApiTokenService {
  static final int MAX_DAYS = 3650;
  private static final String PREFIX = "cst_";
  private static final int TOKEN_BYTES = 32;
  private static final Duration USE_RESOLUTION = Duration.ofMinutes(1);

  private final ApiTokenMapper mapper;
  private final AuditService audit;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  ApiTokenService(ApiTokenMapper mapper, AuditService audit, Clock clock) {
    this.mapper = mapper;
    this.audit = audit;
    this.clock = clock;
  }

  @RequiresAdmin
  public List<ApiToken> list() {
    return mapper.list();
  }

  /**
   * Makes a token.
   *
   * @return its text, which is not kept and cannot be had again
   */
  @RequiresAdmin
  @Transactional
  public String create(String name, Role role, int days) {
    String trimmed = name == null ? "" : name.strip();
    if (trimmed.isEmpty()) {
      throw Refusal.invalid("name", "common.field.required");
    }
    if (trimmed.length() > 57) {
      throw Refusal.invalid("name", "common.field.tooLong", 57);
    }
    if (days < 1 || days > MAX_DAYS) {
      throw Refusal.invalid("days", "security.token.days.range", MAX_DAYS);
    }
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant now = clock.instant();
    String actor = SecurityContextHolder.getContext().getAuthentication().getName();
    mapper.insert(
        new ApiToken(
            null, trimmed, hash(text), role, actor, now, now.plus(Duration.ofDays(days)), null));
    audit.record("token.create", trimmed, role + ", " + days + " d");
    return text;
  }

  @RequiresAdmin
  @Transactional
  public void revoke(long id) {
    ApiToken token = mapper.find(id);
    if (token == null || mapper.delete(id) == 0) {
      throw Refusal.notFound("security.token.gone");
    }
    audit.record("token.revoke", token.name());
  }

  /** The token of this text, unless it expired or never was. */
  Optional<ApiToken> recognize(String text) {
    if (!text.startsWith(PREFIX) || text.length() > 100) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    ApiToken token = mapper.findByHash(hash(text));
    if (token == null || !now.isBefore(token.expiresAt())) {
      return Optional.empty();
    }
    mapper.used(token.id(), now, now.minus(USE_RESOLUTION));
    return Optional.of(token);
  }

  static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
