package io.cachesync.web.check;

import io.cachesync.web.system.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;

/**
 * An undo file as the answer to a request. It begins with the first line: before that a refusal can
 * still be told.
 */
final class UndoDownload {
  private final long id;
  private final HttpServletResponse response;
  private OutputStream out;

  private UndoDownload(long id, HttpServletResponse response) {
    this.id = id;
    this.response = response;
  }

  /**
   * Sends it.
   *
   * @throws IOException also where it cannot be read to its end
   */
  static void send(RepairService repairs, long id, HttpServletResponse response)
      throws IOException {
    UndoDownload download = new UndoDownload(id, response);
    try {
      repairs.undo(id, download::line);
      download.end();
    } catch (Refusal refusal) {
      if (response.isCommitted()) {
        // No page can follow: the connection breaks, so that nobody takes half a file for one.
        throw new IOException("the undo file is cut short: " + refusal.key(), refusal);
      }
      throw refusal;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void line(String line) {
    try {
      OutputStream to = begun();
      to.write(line.getBytes(StandardCharsets.UTF_8));
      to.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void end() throws IOException {
    begun().flush();
  }

  private OutputStream begun() throws IOException {
    if (out == null) {
      response.setContentType("application/jsonl");
      response.setCharacterEncoding(StandardCharsets.UTF_8.name());
      response.setHeader(
          HttpHeaders.CONTENT_DISPOSITION,
          ContentDisposition.attachment().filename("undo-" + id + ".jsonl").build().toString());
      out = response.getOutputStream();
      response.flushBuffer();
    }
    return out;
  }
}
