/**
 * Checks of data: asked for by people, run by agents as jobs of their own, shown key by key. May
 * use task, machine, agent, endpoint and the infrastructure.
 */
package io.cachesync.web.check;
