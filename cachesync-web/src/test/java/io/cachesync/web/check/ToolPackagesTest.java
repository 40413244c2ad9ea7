package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.DatabaseTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.test.context.support.WithMockUser;

@DatabaseTest
@Import(ToolPackages.class)
@ImportAutoConfiguration(JdbcTemplateAutoConfiguration.class)
@WithMockUser(username = "ada", roles = "ADMIN")
class ToolPackagesTest {
  @Autowired private ToolPackages tools;
  @Autowired private JdbcTemplate jdbc;

  @Test
  void keepsAProgramAsItIsAndTheNewestOnly() throws Exception {
    assertThat(tools.current()).isEmpty();
    tools.store(new ByteArrayInputStream(program(1, 3_500_000, 0x3e)), null);
    byte[] second = program(2, 2 << 20, 0xb7);
    tools.store(new ByteArrayInputStream(second), null);
    ToolPackage tool = tools.current().orElseThrow();
    assertThat(tool.architecture()).isEqualTo("aarch64");
    assertThat(tool.fileBytes()).isEqualTo(second.length);
    assertThat(tool.addedBy()).isEqualTo("ada");
    assertThat(tool.sha256())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(second)));
    assertThat(tool.path("/base")).isEqualTo("/base/tool/" + tool.sha256() + "/redis-full-check");
    try (InputStream in = tools.open(tool)) {
      assertThat(in.readAllBytes()).isEqualTo(second);
    }
    assertThat(pieces()).isEqualTo(2);
    assertThat(
            jdbc.queryForList(
                "select detail from audit_event where action = 'check.tool.add' order by id",
                String.class))
        .hasSize(2)
        .endsWith(tool.sha256());
    tools.remove();
    assertThat(tools.current()).isEmpty();
    assertThat(pieces()).isZero();
  }

  @Test
  void refusesWhatIsNoProgramAndWhatIsTooLarge() throws Exception {
    byte[] object = program(1, 100, 0x3e);
    object[16] = 1;
    for (byte[] file :
        new byte[][] {
          {}, "#!/bin/sh\necho not a program\n".getBytes(), {0x7f, 'E', 'L', 'F'}, object
        }) {
      assertThat(refusal(new ByteArrayInputStream(file))).isEqualTo("check.tool.refused.program");
    }
    assertThat(refusal(new Endless())).isEqualTo("check.tool.refused.size");
    assertThat(tools.current()).isEmpty();
  }

  @Test
  @WithMockUser(roles = "OPERATOR")
  void isForAdministrators() {
    assertThatThrownBy(() -> tools.store(new ByteArrayInputStream(new byte[0]), null))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> tools.remove()).isInstanceOf(AccessDeniedException.class);
    assertThat(tools.current()).isEmpty();
  }

  private String refusal(InputStream file) {
    return catchThrowableOfType(Refusal.class, () -> tools.store(file, null)).key();
  }

  private long pieces() {
    return jdbc.queryForObject("select count(*) from tool_package_piece", Long.class);
  }

  private static byte[] program(long seed, int bytes, int machine) {
    byte[] file = new byte[bytes];
    new Random(seed).nextBytes(file);
    byte[] head = {
      0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, (byte) machine, 0
    };
    System.arraycopy(head, 0, file, 0, head.length);
    return file;
  }

  /** Sends for as long as anybody reads. */
  private static final class Endless extends InputStream {
    @Override
    public int read() throws IOException {
      return 0;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      return length;
    }
  }
}
