package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobSecrets;
import io.cachesync.testkit.ContractSamples;
import io.cachesync.testkit.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobDirectoryTest {
  @TempDir private Path folder;

  @Test
  void deletesTheSecretsOnceRead() throws Exception {
    Files.writeString(folder.resolve("job.json"), ContractSamples.read("job-spec.json"));
    Files.writeString(folder.resolve("secrets.json"), ContractSamples.read("job-secrets.json"));
    JobDirectory directory = JobDirectory.open(folder);

    assertThat(directory.spec()).isEqualTo(ContractSamples.all().get("job-spec.json"));
    JobSecrets secrets = directory.takeSecrets();
    assertThat(secrets.targetPassword()).isEqualTo("target-secret");
    assertThat(folder.resolve("secrets.json")).doesNotExist();
    assertThatThrownBy(directory::takeSecrets)
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("JOB_DIRECTORY_INVALID");
  }

  @Test
  void refusesWhatIsNoJobDirectoryAndQuotesNoSecret() throws Exception {
    assertThatThrownBy(() -> JobDirectory.open(folder))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("job.json");
    Files.writeString(folder.resolve("job.json"), "{}");
    Files.writeString(folder.resolve("secrets.json"), "{\"sourcePassword\": \"hunter2");
    assertThatThrownBy(() -> JobDirectory.open(folder).takeSecrets())
        .isInstanceOf(FaultException.class)
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          null | everything
          {} | jobId
          {"jobId": "7"} | sync, check or repair
          {"jobId": "7", "sync": {}} | sync.task
          {"jobId": "7", "sync": {"task": "t", "source": {}}} | sync.source.addresses
          {"jobId": "7", "sync": {"task": "t", "source": {"addresses": ["a:1"]}}} | sync.target
          {"jobId": "7", "check": {"source": {"addresses": ["a:1"]}}} | check.target
          {"jobId": "7", "repair": {}} | repair.check
          {"jobId": "7", "sync": {}, "report": {}} | report.url
          """)
  void namesWhatAJobLacks(String job, String missing) throws Exception {
    Path file = Files.writeString(folder.resolve("job.json"), job);
    assertThatThrownBy(() -> JobDirectory.open(folder).spec())
        .isInstanceOfSatisfying(
            FaultException.class,
            e ->
                assertThat(e.fault().message())
                    .isEqualTo("the file " + file + " lacks " + missing));
  }

  @Test
  void secretsMayBeNoneButNotNothing() throws Exception {
    Files.writeString(folder.resolve("job.json"), "{}");
    Files.writeString(folder.resolve("secrets.json"), "null");
    JobDirectory directory = JobDirectory.open(folder);
    assertThatThrownBy(directory::takeSecrets)
        .hasMessageContaining("secrets.json lacks everything");
    Files.writeString(folder.resolve("secrets.json"), "{}");
    assertThat(directory.takeSecrets().sourcePassword()).isEmpty();
  }

  /** The disk is what it has ended by. */
  @Test
  void notesTheEndWhereTheDiskIsFull() throws Exception {
    try (SmallDisk disk = new SmallDisk(1 << 20)) {
      JobDirectory directory = JobDirectory.create(disk.folder().resolve("job"));
      directory.writePid();
      disk.leave(0);
      directory.writeExit(1, null);
      String exit = Files.readString(disk.folder().resolve("job/exit.json"));
      assertThat(ContractJson.read(exit, JobExit.class)).isEqualTo(new JobExit(1, null));
    }
  }

  @Test
  void notesProcessAndEnd() throws Exception {
    JobDirectory directory = JobDirectory.create(folder.resolve("job"));
    directory.writeExit(1, null);
    directory.writePid();
    assertThat(folder.resolve("job/exit.json")).doesNotExist();
    String[] pid = Files.readString(folder.resolve("job/pid")).trim().split(" ");
    assertThat(Long.parseLong(pid[0])).isEqualTo(ProcessHandle.current().pid());
    assertThat(Long.parseLong(pid[1])).isPositive();

    directory.writeExit(130, null);
    String exit = Files.readString(folder.resolve("job/exit.json"));
    assertThat(ContractJson.read(exit, JobExit.class)).isEqualTo(new JobExit(130, null));
  }
}
