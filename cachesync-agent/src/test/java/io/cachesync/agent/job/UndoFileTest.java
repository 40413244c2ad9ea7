package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.cachesync.contract.FormerValue;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UndoFileTest {
  private static final FormerValue A = new FormerValue(0, "a", "YQ==", true, -1, "AAF4");
  private static final FormerValue B = new FormerValue(0, "b", "Yg==", false, -1, "");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("undo");
  }

  @Test
  void whatWasThereIsTheOwnersOnly() throws IOException {
    Files.createFile(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    keep(A);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void halfALineOfAKilledProcessGoes() throws IOException {
    keep(A);
    String half = ContractJson.write(A).substring(0, 20);
    for (String torn : new String[] {half, "x".repeat(1 << 16), "x".repeat(200_000)}) {
      Files.writeString(file, ContractJson.write(A) + "\n" + torn);
      keep(B);
      assertThat(Files.readAllLines(file))
          .containsExactly(ContractJson.write(A), ContractJson.write(B));
    }
    Files.writeString(file, half);
    keep(B);
    assertThat(Files.readAllLines(file)).containsExactly(ContractJson.write(B));
  }

  @Test
  void goesOnBehindAWriteThatFailed() throws IOException {
    try (UndoFile undo = new UndoFile(file, "")) {
      undo.keep(List.of(A));
      assertThatThrownBy(() -> undo.keep(failingAtTheSecond()))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
      undo.keep(List.of(B));
    }
    assertThat(Files.readAllLines(file))
        .containsExactly(ContractJson.write(A), ContractJson.write(B));
  }

  @Test
  void ofEachKeyTheFirstLineCountsBehindWhichSomethingWasWritten() throws IOException {
    FormerValue none = FormerValue.voided(A.named());
    FormerValue later = new FormerValue(0, "a", "YQ==", true, -1, "AAF5");
    assertThat(counting(A, later)).containsExactly(A);
    assertThat(counting(A, none, later)).containsExactly(later);
    assertThat(counting(A, B, none)).containsExactly(B);
    assertThat(counting(A, later, none)).containsExactly(A);
    assertThat(counting(none, A)).containsExactly(A);
  }

  /** Read as "nothing was there" they would delete keys. */
  @Test
  void linesOfOtherFilesCountForNothing() throws IOException {
    Files.write(
        file,
        List.of(
            "{\"database\":0,\"key\":\"a\",\"type\":\"string\",\"kind\":\"VALUE\"}",
            "{\"database\":0,\"key\":\"a\",\"course\":\"WRITE\"}",
            "{\"database\":0,\"key\":\"a\"}",
            "{\"database\":0,\"key\":\"a\",\"present\":true}",
            "{\"database\":0,\"key\":\"a\",\"present\":false,\"dumpBase64\":\"AAF4\"}"));
    UndoLines lines = UndoLines.of(file);
    assertThat(lines.bad()).hasSize(5);
    lines.visit(value -> fail("counts: " + value));
  }

  private List<FormerValue> counting(FormerValue... values) throws IOException {
    Files.deleteIfExists(file);
    try (UndoFile undo = new UndoFile(file, "")) {
      undo.keep(List.of(values));
    }
    List<FormerValue> counting = new ArrayList<>();
    UndoLines.of(file).visit(counting::add);
    return counting;
  }

  /** The second is written by a thread that is interrupted. */
  private static List<FormerValue> failingAtTheSecond() {
    return new AbstractList<>() {
      @Override
      public FormerValue get(int index) {
        if (index == 1) {
          Thread.currentThread().interrupt();
        }
        return B;
      }

      @Override
      public int size() {
        return 2;
      }
    };
  }

  private void keep(FormerValue value) throws IOException {
    try (UndoFile undo = new UndoFile(file, "")) {
      undo.keep(List.of(value));
    }
  }
}
