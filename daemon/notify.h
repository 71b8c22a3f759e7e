/* sd_notify without libsystemd: one datagram to $NOTIFY_SOCKET. */
#ifndef TRAC_DAEMON_NOTIFY_H
#define TRAC_DAEMON_NOTIFY_H

/* state: "READY=1", "STOPPING=1", "WATCHDOG=1" ... Nothing happens when systemd
 * does not ask for it. */
void notify_systemd(const char *state);

#endif
