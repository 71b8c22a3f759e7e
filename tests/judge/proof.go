// A tlog-proof: one entry under a checkpoint, in one file.
package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	index  int64
	hashes tlog.RecordProof
	signed []byte // the checkpoint
}

const proofHead = "c2sp.org/tlog-proof@v1\nindex "

// The lines before the checkpoint, as they must be written.
func (p *proof) text() string {
	text := fmt.Sprint(proofHead, p.index, "\n")
	for _, h := range p.hashes {
		text += h.String() + "\n"
	}
	return text + "\n"
}

func parseProof(data []byte) (p proof, err error) {
	end := bytes.Index(data, []byte("\n\n")) + 2
	if end < 2 || !strings.HasPrefix(string(data), proofHead) {
		return p, fmt.Errorf("it is no tlog-proof")
	}
	lines := strings.Split(string(data[len(proofHead):end-2]), "\n")
	if p.index, err = strconv.ParseInt(lines[0], 10, 64); err != nil {
		return p, err
	}
	for _, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return p, err
		}
		p.hashes = append(p.hashes, h)
	}
	// of the last letter of base64 two bits mean nothing
	if p.text() != string(data[:end]) {
		return p, fmt.Errorf("the tlog-proof has another form")
	}
	p.signed = data[end:]
	return p, nil
}

// The index of the entry that the file proves.
func (j *judge) openProof(data []byte) (int64, error) {
	p, err := parseProof(data)
	if err != nil {
		return 0, err
	}
	h, err := openHead(p.signed, j.origin, j.known)
	if err != nil {
		return 0, err
	}
	return p.index, tlog.CheckRecord(p.hashes, h.size, h.root, p.index, tlog.RecordHash(j.entry))
}

// Its lines; that a checkpoint with a bit flipped is refused has been seen.
func (j *judge) flipProof(data []byte) {
	refused("tlog-proof", 8*(bytes.Index(data, []byte("\n\n"))+2), func(bit int) bool {
		_, err := j.openProof(flipped(data, bit))
		return err == nil
	})
}
