package io.cachesync.web.machine;

import java.util.List;
import java.util.Map;

/** Tells what runs on the machines; implemented by the feature that runs it. */
public interface MachineUse {

  /** Jobs that were started on the machine and not seen to have ended. */
  List<MachineJob> openJobs(long machineId);

  /** Number of open jobs by machine; machines without any may be left out. */
  Map<Long, Integer> openJobCounts();
}
