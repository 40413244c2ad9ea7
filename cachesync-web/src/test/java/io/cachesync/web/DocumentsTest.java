package io.cachesync.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** README and docs: every link leads somewhere, and every page is reached from the README. */
class DocumentsTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]+)(#[^)]*)?\\)");
  private static final int ADR_LINES = 50;

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (Path target : links(page)) {
        if (!Files.exists(target)) {
          broken.add(REPOSITORY.relativize(page) + " -> " + REPOSITORY.relativize(target));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPageIsReachedFromTheReadme() throws IOException {
    Set<Path> reached = new HashSet<>();
    List<Path> open =
        new ArrayList<>(
            List.of(REPOSITORY.resolve("README.md"), REPOSITORY.resolve("README.zh-CN.md")));
    while (!open.isEmpty()) {
      Path page = open.remove(open.size() - 1);
      if (reached.add(page)) {
        for (Path target : links(page)) {
          if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
              reached.addAll(files.toList());
            }
          } else if (target.toString().endsWith(".md") && Files.exists(target)) {
            open.add(target);
          }
        }
      }
    }
    assertThat(pages()).allSatisfy(page -> assertThat(reached).contains(page));
  }

  @Test
  void decisionsAreShortAndNumberedWithoutGaps() throws IOException {
    try (Stream<Path> files = Files.list(REPOSITORY.resolve("docs/adr"))) {
      List<Path> decisions = files.sorted().toList();
      for (int i = 0; i < decisions.size(); i++) {
        Path decision = decisions.get(i);
        assertThat(decision.getFileName().toString()).startsWith("%04d-".formatted(i + 1));
        assertThat(Files.readAllLines(decision)).hasSizeLessThan(ADR_LINES);
      }
    }
  }

  /** Whoever doubts a translation finds the page that owns the topic; the index finds them all. */
  @Test
  void everyChinesePageLinksItsEnglishOwnerAndStandsInTheIndex() throws IOException {
    Path chinese = REPOSITORY.resolve("docs/zh");
    Path index = chinese.resolve("README.md");
    try (Stream<Path> files = Files.list(chinese)) {
      for (Path page : files.filter(file -> !file.equals(index)).toList()) {
        Path owner = REPOSITORY.resolve("docs").resolve(page.getFileName());
        assertThat(owner).exists();
        assertThat(links(page)).as("links of %s", page).contains(owner);
        assertThat(links(index)).contains(page);
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(REPOSITORY.resolve("docs"));
        Stream<Path> root = Files.list(REPOSITORY)) {
      return Stream.concat(docs, root).filter(file -> file.toString().endsWith(".md")).toList();
    }
  }

  private static List<Path> links(Path page) throws IOException {
    List<Path> targets = new ArrayList<>();
    Matcher link = LINK.matcher(Files.readString(page));
    while (link.find()) {
      if (!link.group(1).contains(":")) {
        targets.add(page.resolveSibling(link.group(1)).normalize());
      }
    }
    return targets;
  }
}
