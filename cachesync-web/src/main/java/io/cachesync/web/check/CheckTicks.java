package io.cachesync.web.check;

import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.JobLeftover;
import io.cachesync.web.agent.JobOwner;
import io.cachesync.web.schedule.Claims;
import io.cachesync.web.schedule.Lease;
import io.cachesync.web.schedule.LeasedRows;
import io.cachesync.web.schedule.TickTask;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the clock does for checks. */
@Configuration(proxyBeanMethods = false)
class CheckTicks {
  private static final Logger LOG = LoggerFactory.getLogger(CheckTicks.class);

  private static final Duration EACH_SECOND = Duration.ofSeconds(1);
  private static final Duration CLEAR_EVERY = Duration.ofSeconds(5);

  /** Renewed while the work goes on. */
  private static final Duration HOLD = Duration.ofMinutes(1);

  @Bean
  TickTask reconcileChecks(CheckStore checks, CheckReconciler reconciler, Claims claims) {
    return TickTask.of(
        "reconcile-checks",
        EACH_SECOND,
        () -> {
          Map<Long, Check> open = new LinkedHashMap<>();
          checks.open().forEach(check -> open.put(check.id(), check));
          claims.each("check", open.keySet(), HOLD, new LeasedChecks(checks, reconciler, open));
        });
  }

  @Bean
  TickTask clearCheckLeftovers(
      CheckStore checks, CheckReconciler reconciler, AgentService agents, Claims claims) {
    return TickTask.of(
        "clear-check-leftovers",
        CLEAR_EVERY,
        () ->
            agents.dueLeftovers().stream()
                .filter(left -> left.owner().kind() == JobOwner.Kind.CHECK)
                .collect(Collectors.groupingBy(left -> left.owner().id()))
                .forEach(
                    (check, left) ->
                        claims.each(
                            "check-leftover",
                            List.of(check),
                            HOLD,
                            new Leftovers(checks, reconciler, agents, left))));
  }

  /** Checks to be looked after, by machine: one that is dead holds up only its own. */
  private record LeasedChecks(CheckStore checks, CheckReconciler reconciler, Map<Long, Check> open)
      implements LeasedRows {
    @Override
    public boolean take(Lease lease) {
      return checks.lease(lease.id(), lease.owner(), lease.now(), lease.until());
    }

    @Override
    public void renew(Lease lease) {
      checks.renew(lease.id(), lease.owner(), lease.until());
    }

    @Override
    public void work(long id) {
      reconciler.step(id);
    }

    @Override
    public void give(Lease lease) {
      checks.release(lease.id(), lease.owner());
    }

    @Override
    public Object placeOf(long id) {
      Long machine = open.get(id).machineId();
      return machine == null ? LeasedRows.super.placeOf(id) : machine;
    }
  }

  /** What the job of one check left on machines. */
  private record Leftovers(
      CheckStore checks, CheckReconciler reconciler, AgentService agents, List<JobLeftover> left)
      implements LeasedRows {
    /** A deleted check has nobody who could start its job. */
    @Override
    public boolean take(Lease lease) {
      return checks.lease(lease.id(), lease.owner(), lease.now(), lease.until())
          || checks.find(lease.id()).isEmpty();
    }

    @Override
    public void renew(Lease lease) {
      checks.renew(lease.id(), lease.owner(), lease.until());
    }

    @Override
    public void work(long id) {
      left.stream()
          .filter(each -> stoppedInTask(id, each.jobId()))
          .forEach(each -> agents.clearLeftover(each.id()));
    }

    private boolean stoppedInTask(long id, String jobId) {
      try {
        reconciler.stopInTask(id, jobId);
        return true;
      } catch (SshFault fault) {
        LOG.warn("what {} left is cleared later: {}", jobId, fault.getMessage());
        return false;
      } catch (AgentFault | Refusal gone) {
        // Nobody knows the job or its machine any more, so there is nothing to be told there.
        return true;
      }
    }

    @Override
    public void give(Lease lease) {
      checks.release(lease.id(), lease.owner());
    }

    @Override
    public Object placeOf(long id) {
      return left.get(0).machineId();
    }
  }
}
