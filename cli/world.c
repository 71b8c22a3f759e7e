/* Clock, time zone and randomness of the machine. */
#include "cli/world.h"

#include <sodium.h>
#include <time.h>

static int64_t clock_ms(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t world_now_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t world_steady_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

int world_zone(int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm local;
	return localtime_r(&seconds, &local) ? (int)(local.tm_gmtoff / 60) : 0;
}

void world_random(void *to, size_t size)
{
	randombytes_buf(to, size);
}

void world_event_id(int64_t now_ms, uint8_t id[EVENT_ID_SIZE])
{
	world_random(id, EVENT_ID_SIZE);
	for (int i = 0; i < 6; i++)
		id[i] = (uint8_t)((uint64_t)now_ms >> (8 * (5 - i)));
	id[6] = (uint8_t)(0x70 | (id[6] & 0x0f));   /* RFC 9562 5.7: version 7 */
	id[8] = (uint8_t)(0x80 | (id[8] & 0x3f));   /* and variant 10 */
}
