/**
 * The migration task: what a person asked for, its state machine, wizard, list and page. Knows no
 * stage: prechecks and syncs drive it through {@link io.cachesync.web.task.TaskTransitions}. May
 * use {@code machine} and {@code endpoint}.
 */
package io.cachesync.web.task;
