package io.cachesync.web.check;

import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.LimitSpec;

/**
 * What somebody wants to be checked.
 *
 * @param taskId the task whose ends and filter it takes, or null for two registered endpoints
 * @param sourceNumber which of the task's sources, or {@link Check#ALL_SOURCES}
 * @param spec how, without ends
 * @param limits of each side
 */
record CheckAsk(
    Long taskId,
    int sourceNumber,
    Long sourceEndpointId,
    Long targetEndpointId,
    Long machineId,
    CheckSpec spec,
    LimitSpec limits) {}
