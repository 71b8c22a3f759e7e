// What was accepted, with one bit flipped: all of it must be refused.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"
)

// Tells how many trials were refused; ends the program at the first that was not.
func refused(what string, trials int, accepted func(trial int) bool) {
	for i := 0; i < trials; i++ {
		if accepted(i) {
			fmt.Fprintf(os.Stderr, "judge: %s: accepted with bit %d flipped\n", what, i)
			os.Exit(1)
		}
	}
	if trials == 0 {
		fmt.Fprintf(os.Stderr, "judge: %s: nothing was tried\n", what)
		os.Exit(1)
	}
	fmt.Printf("refused: %s, each of %d with one bit flipped\n", what, trials)
}

func flipped(data []byte, bit int) []byte {
	other := append([]byte(nil), data...)
	other[bit/8] ^= 1 << (bit % 8)
	return other
}

// The checkpoint in three: its text, the id and signature of its own line, and what witnesses
// added, which is not the log's. Flipped as bytes: of the last letter of base64 two bits mean
// nothing.
func (j *judge) parts() (text, signature, rest []byte) {
	end := bytes.LastIndex(j.signed, []byte("\n\n")) + 2
	line := j.signed[end : end+bytes.IndexByte(j.signed[end:], '\n')]
	signature, err := base64.StdEncoding.DecodeString(string(line[bytes.LastIndexByte(line, ' ')+1:]))
	must("the signature", err)
	return j.signed[:end], signature, j.signed[end+len(line):]
}

func (j *judge) flipHead() {
	text, signature, rest := j.parts()
	opens := func(text, signature []byte) bool {
		line := "— " + j.origin + " " + base64.StdEncoding.EncodeToString(signature)
		_, err := openHead(append([]byte(string(text)+line), rest...), j.origin, j.known)
		return err == nil
	}
	if !opens(text, signature) {
		must("the checkpoint", fmt.Errorf("it is not refused for what was flipped"))
	}
	refused("checkpoint", 8*len(text), func(bit int) bool {
		return opens(flipped(text, bit), signature)
	})
	refused("signature", 8*len(signature), func(bit int) bool {
		return opens(text, flipped(signature, bit))
	})
}

func flipHash(list []tlog.Hash, bit int) []tlog.Hash {
	other := append([]tlog.Hash(nil), list...)
	other[bit/(8*hashSize)][bit/8%hashSize] ^= 1 << (bit % 8)
	return other
}

func (j *judge) flipAll(list []piece, inclusion tlog.RecordProof, consistency tlog.TreeProof) {
	leaf := tlog.RecordHash(j.entry)
	j.flipHead()
	refused("entry", 8*len(j.entry), func(bit int) bool {
		return tlog.CheckRecord(inclusion, j.now.size, j.now.root, j.index,
			tlog.RecordHash(flipped(j.entry, bit))) == nil
	})
	refused("inclusion proof", 8*hashSize*len(inclusion), func(bit int) bool {
		return tlog.CheckRecord(flipHash(inclusion, bit), j.now.size, j.now.root, j.index,
			leaf) == nil
	})
	refused("consistency proof", 8*hashSize*len(consistency), func(bit int) bool {
		return tlog.CheckTree(flipHash(consistency, bit), j.now.size, j.now.root, j.old.size,
			j.old.root) == nil
	})
	j.flipProof(j.proof)
	j.flipTiles(list)
}

// A few bits of every tile and bundle, in the first and last byte and between. The one that
// was changed is looked at, by all that lies above it.
func (j *judge) flipTiles(list []piece) {
	const trials = 7
	refused("tile or bundle", trials*len(list), func(i int) bool {
		t := newTiles(&source{base: j.from.base, cache: j.from.cache}, j.now.size, j.now.root)
		one := list[i/trials]
		path := t.path(one)
		bit := (len(j.from.cache[path])*8 - 1) * (i % trials) / (trials - 1)
		t.from.change = map[string]func([]byte) []byte{
			path: func(data []byte) []byte { return flipped(data, bit) },
		}
		return t.check(one) == nil
	})
}
