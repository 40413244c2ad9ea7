package io.cachesync.web.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a phone shows: nothing of a page stands beyond its right edge. */
final class NarrowPages {
  private static final int WIDTH = 390;

  private NarrowPages() {}

  /**
   * Opens each page on a phone's width, and goes back to a desktop's.
   *
   * @param console {@code http://host:port}
   */
  static void fit(Page page, String console, List<String> paths) {
    page.setViewportSize(WIDTH, 844);
    List<String> wide = new ArrayList<>();
    for (String path : paths) {
      page.navigate(console + path);
      // What is folded up can be opened.
      page.evaluate("() => document.querySelectorAll('main details').forEach(d => d.open = true)");
      Object beyond =
          page.evaluate(
              """
              () => {
                const root = document.documentElement;
                if (root.scrollWidth <= root.clientWidth) {
                  return '';
                }
                const beyond = [...document.querySelectorAll('body *')]
                  .filter(each => each.getBoundingClientRect().right > root.clientWidth + 0.5)
                  .slice(0, 6)
                  .map(each => `${each.tagName}.${each.className} "${each.textContent.trim().slice(0, 30)}"`);
                return `${root.scrollWidth} of ${root.clientWidth}: ${beyond.join(', ')}`;
              }
              """);
      if (!beyond.equals("")) {
        wide.add(path + " " + beyond);
      }
    }
    page.setViewportSize(1440, 900);
    assertThat(wide).as("pages that are wider than %d pixels", WIDTH).isEmpty();
  }

  /** Where the console's own menu leads to, from the page that is open. */
  @SuppressWarnings("unchecked")
  static List<String> menu(Page page) {
    Set<String> paths =
        new LinkedHashSet<>(
            (List<String>)
                page.evaluate(
                    "() => [...document.querySelectorAll('nav a[href^=\"/\"]')]"
                        + ".map(a => a.getAttribute('href'))"));
    assertThat(paths).hasSizeGreaterThan(5);
    return List.copyOf(paths);
  }
}
