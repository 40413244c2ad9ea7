package io.cachesync.web.check;

import io.cachesync.contract.CheckDifference;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.system.Csv;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** All that a check has listed as a file: it holds what people stored, so operators get it. */
@Component
class CheckExport {
  private static final List<String> COLUMNS =
      List.of(
          "database",
          "key",
          "keyBase64",
          "type",
          "kind",
          "field",
          "fieldBase64",
          "source",
          "target",
          "readAt",
          "round",
          "sourceOffset",
          "furtherInKey",
          "sourceNumber");

  private final CheckService checks;

  CheckExport(CheckService checks) {
    this.checks = checks;
  }

  /** Answers with rows for spreadsheets. */
  void csv(long id, HttpServletResponse response) throws IOException {
    PrintWriter out = open(response, id, "csv", "text/csv");
    out.write(Csv.row(COLUMNS));
    write(id, out, CheckExport::csvRow, "");
  }

  /** Answers with an array of the contract's CheckDifference. */
  void json(long id, HttpServletResponse response) throws IOException {
    PrintWriter out = open(response, id, "json", "application/json");
    out.write("[\n");
    write(id, out, row -> ContractJson.write(difference(row)), ",\n");
    out.write("\n]\n");
  }

  private PrintWriter open(HttpServletResponse response, long id, String ending, String type)
      throws IOException {
    checks.get(id);
    response.setContentType(type);
    response.setCharacterEncoding(StandardCharsets.UTF_8.name());
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION,
        ContentDisposition.attachment().filename("check-" + id + "." + ending).build().toString());
    return response.getWriter();
  }

  private void write(
      long id, PrintWriter out, Function<DifferenceRow, String> text, String between) {
    String before = "";
    long last = 0;
    for (List<DifferenceRow> rows = checks.listedAfter(id, last);
        !rows.isEmpty();
        rows = checks.listedAfter(id, last)) {
      for (DifferenceRow row : rows) {
        out.write(before);
        out.write(text.apply(row));
        before = between;
        last = row.id();
      }
    }
  }

  private static String csvRow(DifferenceRow row) {
    return Csv.row(
        List.of(
            String.valueOf(row.dbNumber()),
            row.keyText(),
            Csv.exact(row.keyText(), row.keyBase64()),
            row.type(),
            row.kind().name(),
            row.fieldText(),
            Csv.exact(row.fieldText(), row.fieldBase64()),
            row.sourceValue(),
            row.targetValue(),
            row.readAt().toString(),
            String.valueOf(row.roundNumber()),
            known(row.sourceOffset()),
            String.valueOf(row.further()),
            known(row.sourceNumber())));
  }

  private static String known(long number) {
    return number < 0 ? "" : String.valueOf(number);
  }

  private static CheckDifference difference(DifferenceRow row) {
    return new CheckDifference(
        row.dbNumber(),
        row.keyText(),
        row.keyBase64(),
        row.type(),
        row.kind(),
        row.fieldText(),
        row.fieldBase64(),
        row.sourceValue(),
        row.targetValue(),
        row.readAt().toEpochMilli(),
        row.roundNumber(),
        row.sourceOffset(),
        row.further(),
        row.sourceNumber());
  }
}
