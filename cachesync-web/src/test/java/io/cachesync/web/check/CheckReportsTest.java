package io.cachesync.web.check;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** In which order a report comes to its rows. */
class CheckReportsTest {
  /**
   * Lines of the log lock the check's row for reading, by their foreign key: two reports that have
   * written some, and then want to write to the row itself, would wait for each other.
   */
  @Test
  void writesToTheRowOfTheCheckBeforeAnythingThatHangsOnIt() {
    CheckStore checks = mock(CheckStore.class);
    RepairStore repairs = mock(RepairStore.class);
    CheckLogs logs = mock(CheckLogs.class);
    Check check = mock(Check.class);
    when(check.id()).thenReturn(7L);
    when(check.state()).thenReturn(CheckState.RUNNING);
    when(checks.find(7)).thenReturn(Optional.of(check));
    RepairReport repair = new RepairReport(1, 2, RepairPhase.REPAIRING, null, 2, 1, null, null);
    new CheckReports(checks, repairs, logs)
        .apply(
            CheckCase.job(check, CheckCase.NOW, CheckCase.NOW, null),
            new JobReport(
                "check-7",
                1,
                1,
                CheckCase.NOW.toEpochMilli(),
                -1,
                Phase.UNKNOWN,
                null,
                List.of(),
                List.of(),
                null,
                CheckCase.report(CheckPhase.COMPARING, 0, null),
                repair));
    InOrder order = inOrder(checks, repairs, logs);
    order.verify(checks).take(any(), any());
    order.verify(logs).add(anyLong(), any());
    order.verify(repairs).take(anyLong(), any());
  }
}
