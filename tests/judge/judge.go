// An independent judge of a log: nothing of this project's code, only Debian's
// golang.org/x/mod/sumdb. It accepts a checkpoint, an entry and the consistency with an
// older checkpoint, then refuses each of them with one bit flipped.
//
// usage: judge BASE ORIGIN KEYHEX OLD PROOF ENTRY
//
//	BASE    http://127.0.0.1:7480/logs/alpha, or a folder
//	OLD     a file with an older checkpoint
//	PROOF   a tlog-proof of one entry
//	ENTRY   a file with the bytes that this entry must have
package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type head struct {
	size int64
	root tlog.Hash
}

// Three lines of text: origin, size, root; further ones are extensions.
func openHead(data []byte, origin string, known note.Verifiers) (h head, err error) {
	n, err := note.Open(data, known)
	if err != nil {
		return h, err
	}
	lines := bytes.SplitN([]byte(n.Text), []byte("\n"), 4)
	if len(lines) < 4 || string(lines[0]) != origin {
		return h, fmt.Errorf("the checkpoint is not of %s", origin)
	}
	if h.size, err = strconv.ParseInt(string(lines[1]), 10, 64); err != nil {
		return h, err
	}
	h.root, err = tlog.ParseHash(string(lines[2]))
	return h, err
}

func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "judge: %s: %v\n", what, err)
		os.Exit(1)
	}
}

type judge struct {
	origin string
	known  note.Verifiers
	from   *source
	signed []byte // the checkpoint
	now    head
	old    head
	proof  []byte // a tlog-proof of entry index
	index  int64
	entry  []byte
}

func (j *judge) open(args []string) {
	key, err := hex.DecodeString(args[2])
	must("the key", err)
	vkey, err := note.NewEd25519VerifierKey(args[1], key)
	must("the key", err)
	verifier, err := note.NewVerifier(vkey)
	must("the key", err)
	j.origin = args[1]
	j.known = note.VerifierList(verifier)
	j.from = &source{base: args[0], cache: map[string][]byte{}}
	j.signed, err = j.from.read("checkpoint")
	must("the checkpoint", err)
	j.now, err = openHead(j.signed, j.origin, j.known)
	must("the checkpoint", err)
	data, err := os.ReadFile(args[3])
	must("the old checkpoint", err)
	j.old, err = openHead(data, j.origin, j.known)
	must("the old checkpoint", err)
	j.entry, err = os.ReadFile(args[5])
	must("the entry", err)
	j.proof, err = os.ReadFile(args[4])
	must("the tlog-proof", err)
	j.index, err = j.openProof(j.proof)
	must("the tlog-proof", err)
	fmt.Printf("accepted: %s signed at size %d, and at %d before\n", j.origin, j.now.size,
		j.old.size)
}

func main() {
	if len(os.Args) != 7 {
		fmt.Fprintln(os.Stderr, "usage: judge BASE ORIGIN KEYHEX OLD PROOF ENTRY")
		os.Exit(64)
	}
	var j judge
	j.open(os.Args[1:])
	t := newTiles(j.from, j.now.size, j.now.root)
	list, err := t.all()
	must("the tiles", err)
	found, err := t.entry(j.index)
	must("the entry", err)
	if !bytes.Equal(found, j.entry) {
		must("the entry", fmt.Errorf("entry %d has other bytes than the file", j.index))
	}
	inclusion, err := tlog.ProveRecord(j.now.size, j.index, reader(t.tile))
	must("inclusion", err)
	must("inclusion", tlog.CheckRecord(inclusion, j.now.size, j.now.root, j.index,
		tlog.RecordHash(j.entry)))
	consistency, err := tlog.ProveTree(j.now.size, j.old.size, reader(t.tile))
	must("consistency", err)
	must("consistency", tlog.CheckTree(consistency, j.now.size, j.now.root, j.old.size,
		j.old.root))
	fmt.Printf("accepted: %d tiles and bundles of %d levels, entry %d by %d hashes, "+
		"consistency by %d\n", len(list), list[len(list)-1].level+1, j.index, len(inclusion),
		len(consistency))
	j.flipAll(list, inclusion, consistency)
}
