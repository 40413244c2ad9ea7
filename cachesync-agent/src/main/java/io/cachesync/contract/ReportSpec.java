package io.cachesync.contract;

/**
 * Where and how an agent reports.
 *
 * @param url absolute URL that takes {@link JobReport}s by POST
 * @param certificateSha256 hex SHA-256 of the console's certificate when the URL is HTTPS and the
 *     certificate is not publicly trusted, otherwise empty
 * @param intervalMillis time between two reports
 */
public record ReportSpec(String url, String certificateSha256, long intervalMillis) {
  public ReportSpec {
    certificateSha256 = certificateSha256 == null ? "" : certificateSha256;
    intervalMillis = intervalMillis == 0 ? 1000 : intervalMillis;
  }
}
