/*
 * What tracd says with the processes that it starts, over socket pairs: a
 * u32 length, a u8 type, then the fields named, big-endian (proto/wire/bytes.h).
 * Every field is checked by whoever reads it, whoever wrote it.
 *
 * Used on fd IPC_FD of the child. A child that sees its end closed exits.
 */
#ifndef TRAC_DAEMON_IPC_H
#define TRAC_DAEMON_IPC_H

#include "proto/wire/bytes.h"
#include "proto/wire/gossip.h"

#define IPC_FD 3
/* A gossip message in its flat encoding, and its header. */
#define IPC_BYTES_MAX (GOSSIP_BYTES_MAX + 4096)

enum ipc_type {
	/* tracd to tracd-net */
	IPC_NET_CONFIG = 1,  /* 32 bytes CURVE secret key, 32 public, text listen ("": nowhere) */
	IPC_NET_ALLOW,       /* u32 count, count x 32 bytes: CURVE keys admitted; replaces all */
	IPC_NET_DIAL,        /* u32 dial id, text address, 32 bytes server key: keep connected */
	IPC_NET_UNDIAL,      /* u32 dial id */
	IPC_NET_SEND,        /* u32 link, gossip (flat, rest of the message) */
	IPC_NET_DROP,        /* u32 link */
	/* tracd-net to tracd */
	IPC_NET_READY,       /* text: the address it listens on, "" for none */
	IPC_NET_UP,          /* u32 link, u8 inbound, u32 dial id (0 when inbound), 32 bytes key */
	IPC_NET_DOWN,        /* u32 link, text why */
	IPC_NET_MESSAGE,     /* u32 link, gossip (flat, rest of the message) */
	IPC_NET_NOTE,        /* u8 level (log.h), text: a line for the log of tracd */
	/* tracd to tracd-http */
	IPC_HTTP_CONFIG,     /* text address, u16 port (0: any) */
	IPC_HTTP_ANSWER,     /* u32 request id, u16 status, text content type, u8 enum ipc_cache,
	                      * u32 size of the whole body, u32 where to ask on (0: that is all),
	                      * span body, or the piece of it that was asked for */
	/* tracd-http to tracd */
	IPC_HTTP_READY,      /* u16 port it got */
	IPC_HTTP_ASK,        /* u32 request id, text path, at most 1,024 bytes, u32 from (0: the
	                      * beginning; else what the last answer said) */
	IPC_HTTP_POST,       /* u32 request id, text path, span body */
};

/* How long others may keep an answer. */
enum ipc_cache {
	IPC_CACHE_NEVER,
	IPC_CACHE_SHORT,     /* a head, which grows */
	IPC_CACHE_FOREVER,   /* what never changes again */
};

#endif
