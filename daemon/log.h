/*
 * Log lines to stderr with the priorities that systemd reads (<3>, <5> ...).
 * Levels by who must act; the same peer fault is logged once, then counted.
 * English and ASCII-safe: foreign text is escaped.
 */
#ifndef TRAC_DAEMON_LOG_H
#define TRAC_DAEMON_LOG_H

enum log_level {
	LOG_BUG,      /* we are wrong; tests fail on it */
	LOG_ALERT,    /* the operator must act */
	LOG_NOTE,     /* state changed */
	LOG_TRACE,    /* for developers; off unless asked for */
};

/* program: "tracd", "tracd-net"; borrowed for ever. */
void log_init(const char *program, enum log_level most);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
