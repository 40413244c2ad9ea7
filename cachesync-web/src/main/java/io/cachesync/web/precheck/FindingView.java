package io.cachesync.web.precheck;

import java.time.Instant;

/**
 * A finding as pages and programs see it, in the reader's language.
 *
 * @param tone good, warn or bad; an icon and a word stand beside it
 * @param open whether it is a warning that nobody has acknowledged
 * @param source which of several sources it is of, or empty
 */
public record FindingView(
    long id,
    String code,
    String title,
    String severity,
    String severityLabel,
    String tone,
    String icon,
    String summary,
    String why,
    String remedy,
    String command,
    boolean open,
    String acknowledgedBy,
    Instant acknowledgedAt,
    String source) {}
