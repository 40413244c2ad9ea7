package io.cachesync.web.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.security.KeptSecrets;
import io.cachesync.web.security.SecretBox;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** The handle in a form that came back with an error and keeps the secrets typed into it. */
public final class KeptHandle {
  private static final Pattern HANDLE = Pattern.compile("name=\"kept\" value=\"([0-9a-f]+)\"");

  private KeptHandle() {}

  /** The handle in a page, which says that something is kept, and holds none of the secrets. */
  public static String of(MvcTestResult answer, String... secrets) {
    assertThat(answer)
        .hasStatusOk()
        .bodyText()
        .contains("Kept from what you typed")
        .doesNotContain(secrets);
    Matcher handle =
        HANDLE.matcher(new String(answer.getResponse().getContentAsByteArray(), UTF_8));
    assertThat(handle.find()).isTrue();
    return handle.group(1);
  }

  /** What pages with secrets need in a slice. */
  @TestConfiguration(proxyBeanMethods = false)
  public static class Secrets {
    @Bean
    SecretBox secretBox() {
      return new SecretBox(new byte[SecretBox.KEY_BYTES]);
    }

    @Bean
    KeptSecrets keptSecrets(SecretBox box) {
      return new KeptSecrets(box);
    }
  }
}
