/**
 * The migration hosts: how to log in, tests, load, what the console did there, port forwards. May
 * use the infrastructure only; who works on a machine is told through {@link
 * io.cachesync.web.machine.MachineUse}.
 */
package io.cachesync.web.machine;
