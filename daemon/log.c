/*
 * Lines for systemd: "<priority>program: level: text". One write a line, so
 * that lines of several processes do not mix.
 */
#include "daemon/log.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/clock.h"

#define LINE_MAX 1024            /* a longer line is cut */
#define RECENT_MAX 32            /* different lines that are watched for repetition */
#define REPEATS_SHOWN 5          /* equal lines shown in a window; more are counted */
#define WINDOW_MS 10000

struct recent {
	uint64_t hash;
	unsigned shown, hidden;
	int64_t since_ms;
};

static const char *program_name = "tracd";
static enum log_level level_most = LOG_NOTE;
static struct recent recent[RECENT_MAX];
static unsigned recent_next;

/* critical, error, notice, debug (sd-daemon(3)) */
static const struct { char priority; const char *name; } levels[] = {
	[LOG_BUG] = { '2', "bug" },
	[LOG_ALERT] = { '3', "alert" },
	[LOG_NOTE] = { '5', "note" },
	[LOG_TRACE] = { '7', "trace" },
};

void log_init(const char *program, enum log_level most)
{
	assert(program);
	program_name = program;
	level_most = most;
}

/* FNV-1a */
static uint64_t line_hash(const char *text)
{
	uint64_t hash = 14695981039346656037u;
	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 1099511628211u;
	return hash;
}

static struct recent *recent_find(uint64_t hash)
{
	for (unsigned i = 0; i < RECENT_MAX; i++) {
		if (recent[i].hash == hash && recent[i].shown)
			return &recent[i];
	}
	struct recent *r = &recent[recent_next++ % RECENT_MAX];
	*r = (struct recent){ .hash = hash };
	return r;
}

/* Shall a line that may repeat be shown? hidden: how many were not, before it. */
static bool line_is_due(const char *text, unsigned *hidden)
{
	int64_t now_ms = clock_mono_ms();
	struct recent *r = recent_find(line_hash(text));
	*hidden = 0;
	if (r->shown == 0 || now_ms - r->since_ms >= WINDOW_MS) {
		*hidden = r->hidden;
		*r = (struct recent){ .hash = r->hash, .since_ms = now_ms };
	}
	if (r->shown >= REPEATS_SHOWN) {
		r->hidden++;
		return false;
	}
	r->shown++;
	return true;
}

/* Copies text; whatever a terminal or a reader of logs could take for more than text
 * becomes \xHH. Returns the length. */
static size_t escape(char *to, size_t room, const char *text)
{
	static const char digit[] = "0123456789abcdef";
	size_t used = 0;
	for (; *text && used + 5 < room; text++) {
		uint8_t c = (uint8_t)*text;
		if (c >= 0x20 && c < 0x7f) {
			to[used++] = (char)c;
			continue;
		}
		to[used++] = '\\';
		to[used++] = 'x';
		to[used++] = digit[c >> 4];
		to[used++] = digit[c & 15];
	}
	to[used] = '\0';
	return used;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char text[LINE_MAX], clean[2 * LINE_MAX], line[2 * LINE_MAX + 128];
	unsigned hidden = 0;
	va_list args;

	assert(level <= LOG_TRACE);
	if (level > level_most)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if ((level == LOG_ALERT || level == LOG_NOTE) && !line_is_due(text, &hidden))
		return;
	escape(clean, sizeof clean, text);
	int size = snprintf(line, sizeof line, "<%c>%s: %s: %s", levels[level].priority,
			    program_name, levels[level].name, clean);
	if (hidden > 0)
		size += snprintf(line + size, sizeof line - (size_t)size,
				 " (and %u more times before)", hidden);
	line[size++] = '\n';
	/* whoever reads our log may be gone: nobody is left to tell */
	if (write(STDERR_FILENO, line, (size_t)size) < 0)
		return;
}
