/**
 * The agents on the machines: install and upgrade, job directories, launch, probe, report intake,
 * directives. May use machine and the infrastructure.
 */
package io.cachesync.web.agent;
