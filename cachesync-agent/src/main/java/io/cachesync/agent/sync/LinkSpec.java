package io.cachesync.agent.sync;

import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncSpec;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What one link needs to run.
 *
 * @param number number of the link inside its job, from 0
 * @param workDir directory of the relay log's segments; made when missing
 * @param incarnation what the names of our connections say of this start of the job, letters,
 *     digits and {@code -} only; two processes never share one
 * @param start what the link may take a target for that does not hold its checkpoint
 * @param part what it has of the source
 */
public record LinkSpec(
    int number,
    SyncSpec sync,
    JobSecrets secrets,
    Path workDir,
    String incarnation,
    StartMode start,
    SourcePart part) {
  public LinkSpec {
    Objects.requireNonNull(sync);
    Objects.requireNonNull(secrets);
    Objects.requireNonNull(workDir);
    Objects.requireNonNull(start);
    Objects.requireNonNull(part);
    if (!incarnation.matches("[A-Za-z0-9-]{1,64}")) {
      throw new IllegalArgumentException("not an incarnation: " + incarnation);
    }
  }

  /** The only link of its job. */
  public LinkSpec(
      int number,
      SyncSpec sync,
      JobSecrets secrets,
      Path workDir,
      String incarnation,
      StartMode start) {
    this(number, sync, secrets, workDir, incarnation, start, SourcePart.WHOLE);
  }
}
