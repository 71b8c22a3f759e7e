/*
 * The settings of a node: one table (settings.c) that parses the file with
 * libconfuse, checks names, types and bounds, and prints the commented sample
 * (conf/tracd.conf.sample is its output).
 *
 * A node's home is a folder:
 *	tracd.conf       settings
 *	authority.vkey   the network authority's public key: one C2SP vkey line,
 *	                 named <network>/members; the only thing that is trusted
 *	keys/sign.key    Ed25519 seed, mode 0600 (store/keyfile.h)
 *	keys/link.key    CURVE secret key, mode 0600
 *	keys/cosign.key  Ed25519 seed of a hub that cosigns logs of others, mode 0600
 *	store/           LMDB
 *	tracd.sock       control socket, mode 0660
 */
#ifndef TRAC_DAEMON_SETTINGS_H
#define TRAC_DAEMON_SETTINGS_H

#include <stdio.h>

#include "proto/log/keys.h"
#include "proto/log/registry.h"
#include "proto/wire/limits.h"

/* A peer to dial, as written: 64 hex digits of its CURVE public key, '@', host:port. */
struct peer_address {
	uint8_t key[LINK_KEY_SIZE];
	char address[ADDRESS_MAX + 1];     /* tcp://host:port */
};

struct settings {
	char home[256];
	char network[NETWORK_MAX + 1];     /* from authority.vkey */
	struct verifier authority;         /* named <network>/members */
	char member[MEMBER_NAME_MAX + 1];
	unsigned role;                     /* enum Role of member.proto */
	char title[TITLE_MAX + 1];
	char structure[TEXT_MAX + 1];
	char commune[COMMUNE_SIZE + 1];
	char listen[ADDRESS_MAX + 1];      /* tcp://host:port to bind; "": dial out only */
	char address[ADDRESS_MAX + 1];     /* under which others reach it; "": they do not */
	char http[ADDRESS_MAX + 1];        /* 127.0.0.1:port; port 0: any; "": no HTTP */
	unsigned peer_count;
	struct peer_address peer[DIALS_MAX];
	char fence[256];                   /* folder of the fence; "": HOME.fence */
	unsigned net_memory_mib;           /* RLIMIT_DATA of tracd-net */
	unsigned hubs_to_dial;             /* of the registry, beside the peers named */
	unsigned log_level;
	unsigned witness_policy;           /* hubs that must vouch: proto/log/policy.h */
	unsigned witness_log_count;
	struct verifier witness_log[WITNESS_LOGS_MAX];   /* logs of others that a hub witnesses */
};

/* Reads home/tracd.conf and home/authority.vkey. FAULT_CONFIG names file, line,
 * setting, what was found and what is accepted. */
int settings_load(struct settings *s, const char *home, struct fault *f);
/* The commented sample with every setting, its bounds and its default. */
void settings_sample(FILE *out);

#endif
