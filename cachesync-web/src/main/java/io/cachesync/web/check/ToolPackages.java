package io.cachesync.web.check;

import io.cachesync.web.audit.AuditService;
import io.cachesync.web.security.RequiresAdmin;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.system.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * redis-full-check as an administrator gave it to the console. It lies in the database, in pieces,
 * so that every console has it.
 */
@Service
class ToolPackages {
  static final String FULL_CHECK = "redis-full-check";
  static final long MOST_BYTES = 64L << 20;
  private static final int PIECE_BYTES = 1 << 20;
  private static final int HEADER_BYTES = 20;

  private final ToolMapper tools;
  private final AuditService audit;
  private final TransactionTemplate transaction;
  private final Clock clock;

  ToolPackages(
      ToolMapper tools, AuditService audit, PlatformTransactionManager transactions, Clock clock) {
    this.tools = tools;
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
    this.clock = clock;
  }

  /** What machines are brought, if anything. */
  @RequiresViewer
  Optional<ToolPackage> current() {
    return tools.find(FULL_CHECK);
  }

  /**
   * Takes a program in the place of the former one. Whoever sends slowly holds no transaction.
   *
   * @param expected its SHA-256 in hex; null or empty: whatever it is
   */
  @RequiresAdmin
  ToolPackage store(InputStream content, String expected) throws IOException {
    Path file = Files.createTempFile("cachesync-tool", null);
    try {
      MessageDigest digest = sha256();
      try (InputStream in = new DigestInputStream(content, digest)) {
        copy(in, file);
      }
      ToolPackage row =
          new ToolPackage(
              null,
              FULL_CHECK,
              HexFormat.of().formatHex(digest.digest()),
              Files.size(file),
              architecture(file),
              actor(),
              clock.instant().truncatedTo(ChronoUnit.MILLIS));
      if (expected != null && !expected.isEmpty() && !expected.equalsIgnoreCase(row.sha256())) {
        throw Refusal.invalid("sha256", "check.tool.refused.sha256", row.sha256(), expected);
      }
      transaction.executeWithoutResult(status -> store(row, file));
      return row;
    } finally {
      Files.delete(file);
    }
  }

  /** Machines are not brought it any more; what lies there stays. */
  @RequiresAdmin
  void remove() {
    transaction.executeWithoutResult(
        status ->
            current()
                .ifPresent(
                    tool -> {
                      tools.deleteOthers(FULL_CHECK, 0);
                      audit.record("check.tool.remove", tool.name(), tool.sha256());
                    }));
  }

  /** Its file, read piece by piece. */
  InputStream open(ToolPackage tool) {
    return new SequenceInputStream(new Pieces(tool.id()));
  }

  private static void copy(InputStream in, Path file) throws IOException {
    long left = MOST_BYTES;
    byte[] piece = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        left -= read;
        if (left < 0) {
          throw Refusal.tooLarge("check.tool.refused.size");
        }
        out.write(piece, 0, read);
      }
    }
  }

  private void store(ToolPackage row, Path file) {
    CheckMapper.NewId made = new CheckMapper.NewId();
    tools.insert(row, made);
    try (InputStream in = Files.newInputStream(file)) {
      int number = 0;
      for (byte[] piece = in.readNBytes(PIECE_BYTES);
          piece.length > 0;
          piece = in.readNBytes(PIECE_BYTES)) {
        tools.insertPiece(made.getId(), number++, piece);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tools.deleteOthers(row.name(), made.getId());
    audit.record("check.tool.add", row.name(), row.sha256());
  }

  /**
   * What a program for Linux runs on, by the head of its file (ELF: type at byte 16, machine at
   * byte 18); refused where it is none.
   */
  private static String architecture(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(HEADER_BYTES);
    }
    boolean isElf =
        head.length == HEADER_BYTES
            && head[0] == 0x7f
            && head[1] == 'E'
            && head[2] == 'L'
            && head[3] == 'F';
    // 1 is an object, 4 a memory image: neither can be run.
    boolean runs = isElf && head[5] == 1 && (head[16] == 2 || head[16] == 3) && head[17] == 0;
    if (!runs) {
      throw Refusal.conflict("check.tool.refused.program");
    }
    int machine = (head[18] & 0xff) | (head[19] & 0xff) << 8;
    return switch (machine) {
      case 0x3e -> "x86-64";
      case 0xb7 -> "aarch64";
      default -> "ELF " + machine;
    };
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String actor() {
    Authentication user = SecurityContextHolder.getContext().getAuthentication();
    return user == null ? "system" : user.getName();
  }

  /** One after the other; each is read when it is come to. */
  private final class Pieces implements Enumeration<InputStream> {
    private final long id;
    private int number;
    private ToolPiece next;

    private Pieces(long id) {
      this.id = id;
      this.next = tools.piece(id, 0);
    }

    @Override
    public boolean hasMoreElements() {
      return next != null;
    }

    @Override
    public InputStream nextElement() {
      if (next == null) {
        throw new NoSuchElementException();
      }
      ToolPiece piece = next;
      next = tools.piece(id, ++number);
      return new ByteArrayInputStream(piece.content());
    }
  }
}
