/*
 * Every maximum of the network and of one node, with its reason. A quantity
 * that someone else controls and that is not bounded here is a defect.
 */
#ifndef TRAC_WIRE_LIMITS_H
#define TRAC_WIRE_LIMITS_H

/* --- the network: all nodes must agree --- */

/* C2SP tlog-tiles: an entry bundle holds uint16 lengths. */
#define ENTRY_SIZE_MAX 65535

/* Entries of one log: indexes take 5 bytes in the store. */
#define ENTRIES_MAX ((UINT64_C(1) << 40) - 1)

/* One frame: answers an interactive request in 1 ms at CURVE speed (0.6 GB/s),
 * and 200 entries or more pay for the proof and the turn. */
#define FRAME_ENTRIES_MAX 256
#define FRAME_BYTES_MAX (256 * 1024)

/* A proof over a 64-bit tree: two hashes a level (range proofs have two sides). */
#define PROOF_HASHES_MAX 128

/* C2SP signed-note: names are schema-less URLs; ours are <network>/<member>[/<epoch>]. */
#define NETWORK_MAX 63
#define MEMBER_NAME_MAX 63
#define ORIGIN_MAX 159

/* C2SP signed-note asks for 16 signatures at least, lines near 5 kB. */
#define NOTE_SIGNATURES_MAX 32
#define NOTE_BYTES_MAX (32 * 1024)
/* One log signature and 16 cosignatures of Ed25519 are below 3 KiB. */
#define CHECKPOINT_BYTES_MAX 4096
/* Evidence of a fork: two checkpoints and three proofs, a hash a line of 45 bytes. */
#define EVIDENCE_BYTES_MAX (2 * CHECKPOINT_BYTES_MAX + 3 * 45 * (PROOF_HASHES_MAX + 1) + 256)
/* Hubs that cosign: 18 regions and room for those that were revoked. The first of the
 * member log count, since gossip tells of them by a bit each. */
#define COSIGNERS_MAX 64
/* Logs outside of the network that one hub witnesses. */
#define WITNESS_LOGS_MAX 16

/* Text fields of events: serials are 5 to 25 characters, models below 60. */
#define TEXT_MAX 128
#define COMMUNE_SIZE 5
#define EVENT_ID_SIZE 16
#define EVENT_IDENTIFIERS_MAX 16
#define EVENT_ATTACHMENTS_MAX 16
/* Lists inside a body: serials announced of one lot are the longest. */
#define EVENT_LIST_MAX 512

/* 397 workshops, hubs, and ten times the room. A registry of that many is 6 MiB. */
#define MEMBERS_MAX 4096
#define MEMBER_ADDRESSES_MAX 4
/* Epochs of one member: a workshop that loses its log every few years for a century. Those
 * of all count as members: there are at most LOGS_MAX logs. */
#define EPOCHS_MAX 16
/* Changes of keys of one member: as many as epochs. Those of all are at most MEMBERS_MAX. */
#define ROTATIONS_MAX 16
/* Guardians of the authority's key, and changes of it: what proves them rides on every
 * checkpoint of the member log, 2 x 1 KiB of CHECKPOINT_BYTES_MAX. */
#define GUARDIANS_MAX 7
#define SUCCESSIONS_MAX 2
/* Départements of a region: Occitanie has 13. */
#define DEPARTMENTS_MAX 16
#define DEPARTMENT_SIZE 3
#define REGION_SIZE 2
#define ADDRESS_MAX 127
#define TITLE_MAX 127

/* Events dated outside are stored but flagged; typed ones are refused. */
#define EVENT_TIME_MIN_MS 1577836800000   /* 2020-01-01 UTC */
#define EVENT_FUTURE_MAX_MS 86400000      /* one day: clocks drift, zones confuse */

/* --- one node --- */

/* libzmq drops the connection above it; a frame with its proof and headers fits. */
#define GOSSIP_BYTES_MAX (FRAME_BYTES_MAX + 16 * 1024)
/* Decoded structs may be many times the input; a frame of 256 entries needs 1.2 times. */
#define UNPACK_BUDGET(size) (4 * (size) + 64 * 1024)
/* Messages a second and a burst that one peer may send; above, dropped undecoded. A
 * greeting may bring a head of each of LOGS_MAX logs at once; a peer that catches up
 * wants a frame 1,000 times a second or more (256,000 entries); 2,000 checkpoints to
 * verify are 9 % of a core. Frames that we asked for are not counted here. */
#define PEER_RATE 2000
#define PEER_BURST 8192
/* Frames asked of one peer at once: two commits' worth of entries, so that the next ones
 * are on their way while one is being made durable; 4 MiB in flight at most. */
#define WANTS_MAX 16
/* Links: 397 workshops on a hub, and the hubs. */
#define LINKS_MAX 512
/* Peers that a workshop dials. */
#define DIALS_MAX 16
/* Logs in the core: members and the member log. */
#define LOGS_MAX (MEMBERS_MAX + 1)

/* Requests of the control socket: an append of 1,000 events of 300 bytes is 0.3 MiB. */
#define CONTROL_BYTES_MAX (4 * 1024 * 1024)
#define CONTROL_CLIENTS_MAX 128
/* A bundle: 4,096 events of one device with proofs; above, the newest win and it is said. */
#define BUNDLE_BYTES_MAX (16 * 1024 * 1024)
#define LOOKUP_EVENTS_MAX 4096
#define LOOKUP_IDENTIFIERS_MAX 64
/* Lots, donors and watches: a year of the largest hub's donors is some 5,000 devices of
 * ten events. Answered as one bundle; above, the newest win and it is said. Unpacked it
 * takes twice its size, and trac ends with it; tracd frees it at once. */
#define LOOKUP_WIDE_EVENTS_MAX 65536
#define BUNDLE_WIDE_BYTES_MAX (64 * 1024 * 1024)
/* Lots that one donor announced: twenty years of one a month. */
#define DONOR_LOTS_MAX 256
/* Rows of one answer of figures: 400 structures or donors with a dozen figures each. */
#define FIGURE_ROWS_MAX 8192
/* Groups of one answer, and what medians and distinct parties need to know meanwhile:
 * 100 bytes each, 13 MB at the worst. */
#define FIGURE_GROUPS_MAX 1024
#define FIGURE_POINTS_MAX 131072
/* Values that one search answers. */
#define SEARCH_VALUES_MAX 100

/* Attachments: bench reports are below 100 kB, a certificate with pictures below 16 MB. */
#define ATTACHMENT_BYTES_MAX (16 * 1024 * 1024)
#define ATTACH_PIECE_MAX (256 * 1024)
/* A piece of one that is sent to another member, and the seal around it: half a frame. */
#define LETTER_PIECE_MAX (128 * 1024)
#define LETTER_BYTES_MAX (LETTER_PIECE_MAX + 48)
/* Petitions: ten lines of text and a signature. What waits at one hub for an authority that is
 * off; and what one hub may have admitted over the network in 24 hours: its whole region within
 * days, and whoever stole its key needs half a year to fill the network with names. */
#define PETITION_BYTES_MAX 4096
#define PETITIONS_MAX 8
#define PETITIONS_A_DAY 24
/* All of them together on one node: what a workshop's disk can spare. */
#define ATTACHMENTS_BYTES_MAX (UINT64_C(16) * 1024 * 1024 * 1024)

/* Beneficiaries of one node: a few years of the largest workshop. Events of one person: a
 * device, its return, and lessons. */
#define TOKENS_MAX 1000000
#define TOKEN_KEYS_MAX 256

/* One commit: LMDB 0.9.24 is safe with small transactions (doc: reliability 6.1). */
#define COMMIT_EVENTS_MAX 2048
#define COMMIT_BYTES_MAX (4 * 1024 * 1024)

#endif
