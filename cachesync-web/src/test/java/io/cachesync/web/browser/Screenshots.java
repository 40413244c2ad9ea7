package io.cachesync.web.browser;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;
import java.nio.file.Path;

/**
 * The pictures in img/. They are taken only with {@code -Dcachesync.screenshots=true}, so that a
 * test run leaves the tree as it was.
 */
final class Screenshots {
  static final boolean WANTED = Boolean.getBoolean("cachesync.screenshots");

  private final Path folder = Path.of(System.getProperty("user.dir")).resolve("../img").normalize();

  void take(Page page, String name) {
    if (WANTED) {
      awaitPainted(page);
      page.screenshot(
          new Page.ScreenshotOptions().setPath(folder.resolve(name + ".png")).setFullPage(false));
    }
  }

  /** Loaded, with its fonts, with what its feed tells first, and drawn. */
  private static void awaitPainted(Page page) {
    page.waitForLoadState(LoadState.LOAD);
    page.waitForFunction("() => document.documentElement.dataset.live !== 'waits'");
    page.evaluate(
        """
        () => document.fonts.ready.then(
          () => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))))
        """);
  }

  /** The same page as a dark one, and back. */
  void takeDark(Page page, String name) {
    if (WANTED) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      take(page, name);
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    }
  }

  /** From an element of the page on, which stands at the top. */
  void takeFrom(Page page, String selector, String name) {
    if (WANTED) {
      awaitPainted(page);
      page.locator(selector).evaluate("element => element.scrollIntoView()");
      take(page, name);
    }
  }

  /** The same on a phone's width, and back. */
  void takeNarrow(Page page, String selector, String name) {
    if (WANTED) {
      page.setViewportSize(390, 844);
      takeFrom(page, selector, name);
      page.setViewportSize(1440, 900);
    }
  }
}
