package io.cachesync.web.check;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.DifferenceKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * One thing that is unlike, as it is stored; see the contract's CheckDifference.
 *
 * @param keyId tells keys of databases apart, in every check in the same way
 */
record DifferenceRow(
    long id,
    long checkId,
    String keyId,
    int dbNumber,
    String keyText,
    String keyBase64,
    String type,
    DifferenceKind kind,
    String fieldText,
    String fieldBase64,
    String sourceValue,
    String targetValue,
    Instant readAt,
    int roundNumber,
    long sourceOffset,
    long further,
    int sourceNumber) {
  private static final int KEY_MAX = 1200;

  /** Of 64 KB, the longest name that an agent tells whole. */
  private static final int KEY_BASE64_MAX = 90_000;

  private static final int TYPE_MAX = 60;
  private static final int TEXT_MAX = 600;
  private static final int BASE64_MAX = 300;
  private static final int ID_CHARACTERS = 32;

  static DifferenceRow of(long checkId, CheckDifference found) {
    return new DifferenceRow(
        0,
        checkId,
        keyId(found),
        found.database(),
        cut(found.key(), KEY_MAX),
        found.keyBase64().length() > KEY_BASE64_MAX ? "" : found.keyBase64(),
        cut(found.type(), TYPE_MAX),
        found.kind(),
        cut(found.field(), TEXT_MAX),
        found.fieldBase64().length() > BASE64_MAX ? "" : found.fieldBase64(),
        cut(found.source(), TEXT_MAX),
        cut(found.target(), TEXT_MAX),
        Instant.ofEpochMilli(found.atMillis()),
        found.round(),
        found.sourceOffset(),
        found.furtherInKey(),
        found.sourceNumber());
  }

  private static String keyId(CheckDifference found) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String whole = found.database() + ":" + found.keyBase64() + ":" + found.key();
      byte[] hash = digest.digest(whole.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, ID_CHARACTERS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Counted as MySQL counts: by characters, no half of one. */
  private static String cut(String text, int most) {
    String some = text == null ? "" : text;
    int characters = some.codePointCount(0, some.length());
    return characters <= most
        ? some
        : some.substring(0, some.offsetByCodePoints(0, most - 1)) + "…";
  }
}
