package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.machine.LoginKind;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineForm;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.testkit.Sshd;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A program on its way to a machine, over a real OpenSSH server. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ToolDeliveryIT {
  private static final Path PROGRAM = Path.of("/bin/true");

  @TempDir static Path data;

  @Autowired private MachineService machines;
  @Autowired private ToolPackages tools;
  @Autowired private ToolDelivery delivery;
  @Autowired private FullCheckProgram program;

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("cachesync.data-dir", data::toString);
  }

  @Test
  void bringsItWholeOnceAndAnewWhereItWasChanged() throws IOException {
    try (Sshd sshd = Sshd.start()) {
      SystemActor.call(this::store);
      Machine machine = SystemActor.call(() -> machine(sshd));
      assertThat(SystemActor.call(() -> program.isThere())).isTrue();
      Path there = Path.of(SystemActor.call(() -> program.pathOn(machine.id())));
      assertThat(there).doesNotExist();
      bring(machine);
      assertThat(there).hasSameBinaryContentAs(PROGRAM);
      assertThat(Files.getPosixFilePermissions(there))
          .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));

      FileTime before = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
      Files.setLastModifiedTime(there, before);
      bring(machine);
      assertThat(Files.getLastModifiedTime(there)).isEqualTo(before);

      Files.write(there, new byte[] {1}, StandardOpenOption.APPEND);
      bring(machine);
      assertThat(there).hasSameBinaryContentAs(PROGRAM);
      Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rw-------"));
      bring(machine);
      assertThat(there).isExecutable();
    }
  }

  private ToolPackage store() {
    try (InputStream in = Files.newInputStream(PROGRAM)) {
      return tools.store(in, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void bring(Machine machine) {
    SystemActor.run(() -> delivery.bring(program.toBring().orElseThrow(), machine.id()));
  }

  private Machine machine(Sshd sshd) {
    MachineForm form =
        new MachineForm(
            "tool",
            "127.0.0.1",
            Integer.toString(sshd.port()),
            sshd.user(),
            LoginKind.KEY,
            null,
            sshd.privateKey(),
            null,
            null,
            null,
            sshd.base() + "/tool");
    Machine added = machines.add(form, machines.hostKey("127.0.0.1", sshd.port()));
    machines.test(added.id());
    return machines.get(added.id());
  }
}
