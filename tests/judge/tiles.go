// Reading a log of C2SP tlog-tiles, every tile against its parent.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	width     = 256
	hashSize  = tlog.HashSize
	bodyLimit = width * (65535 + 2)
)

// A source of files: an address or a folder, and what is changed in them for a trial.
type source struct {
	base   string
	cache  map[string][]byte
	change map[string]func([]byte) []byte
}

func (s *source) read(path string) ([]byte, error) {
	data, ok := s.cache[path]
	if !ok {
		var err error
		if data, err = fetch(s.base + "/" + path); err != nil {
			return nil, err
		}
		s.cache[path] = data
	}
	if change := s.change[path]; change != nil {
		return change(append([]byte(nil), data...)), nil
	}
	return data, nil
}

func fetch(where string) ([]byte, error) {
	if !strings.HasPrefix(where, "http://") {
		return os.ReadFile(where)
	}
	r, err := http.Get(where)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	data, err := io.ReadAll(io.LimitReader(r.Body, bodyLimit+1))
	if err == nil && (r.StatusCode != 200 || len(data) > bodyLimit) {
		err = fmt.Errorf("%s: %s, %d bytes", where, r.Status, len(data))
	}
	return data, err
}

// The tiles of one signed tree. Debian's tlog.TileHashReader does not look at some full tiles
// (CVE-2026-56865), and its paths have another form: nothing of it is used.
type tiles struct {
	from   *source
	size   int64
	proved map[string][]byte
	edge   bool // the partial tiles have made the root
	root   tlog.Hash
}

func newTiles(from *source, size int64, root tlog.Hash) *tiles {
	return &tiles{from: from, size: size, root: root, proved: map[string][]byte{}}
}

// How many hashes the tile has in this tree.
func (t *tiles) widthOf(level uint, number int64) int64 {
	left := t.size>>(8*level) - number*width
	if left > width {
		return width
	}
	return left
}

func tilePath(kind string, number, w int64) string {
	path := fmt.Sprintf("%03d", number%1000)
	for number /= 1000; number > 0; number /= 1000 {
		path = fmt.Sprintf("x%03d/%s", number%1000, path)
	}
	if w < width {
		path += fmt.Sprintf(".p/%d", w)
	}
	return "tile/" + kind + "/" + path
}

func (t *tiles) raw(level uint, number int64) ([]byte, error) {
	w := t.widthOf(level, number)
	if w <= 0 {
		return nil, fmt.Errorf("no tile %d/%d in a tree of %d", level, number, t.size)
	}
	data, err := t.from.read(tilePath(fmt.Sprint(level), number, w))
	if err == nil && int64(len(data)) != w*hashSize {
		err = fmt.Errorf("tile %d/%d has %d bytes, not %d hashes", level, number, len(data), w)
	}
	return data, err
}

func hashAt(data []byte, i int64) (h tlog.Hash) {
	copy(h[:], data[i*hashSize:])
	return h
}

// The root of the n hashes, a power of two, from the i-th on.
func perfectRoot(data []byte, i, n int64) tlog.Hash {
	if n == 1 {
		return hashAt(data, i)
	}
	return tlog.NodeHash(perfectRoot(data, i, n/2), perfectRoot(data, i+n/2, n/2))
}

// A subtree of 2^level leaves, from whatever tile it lies in.
func subtree(level uint, n int64, tile func(uint, int64) ([]byte, error)) (tlog.Hash, error) {
	first := n << (level % 8)
	data, err := tile(level/8, first/width)
	many := int64(1) << (level % 8)
	if err != nil || first%width+many > int64(len(data)/hashSize) {
		return tlog.Hash{}, fmt.Errorf("subtree %d/%d: %v", level, n, err)
	}
	return perfectRoot(data, first%width, many), nil
}

func reader(tile func(uint, int64) ([]byte, error)) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		list := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			h, err := subtree(uint(level), n, tile)
			if err != nil {
				return nil, err
			}
			list[i] = h
		}
		return list, nil
	}
}

// The root of the tree is made of hashes of partial tiles only: when it is the signed one,
// they are proved.
func (t *tiles) proveEdge() error {
	root, err := tlog.TreeHash(t.size, reader(t.raw))
	if err != nil {
		return err
	}
	if root != t.root {
		return fmt.Errorf("the partial tiles do not make the signed root")
	}
	t.edge = true
	return nil
}

// A tile that is proved: a partial one by the root, a full one by its parent.
func (t *tiles) tile(level uint, number int64) ([]byte, error) {
	key := fmt.Sprint(level, "/", number)
	if data := t.proved[key]; data != nil {
		return data, nil
	}
	if !t.edge {
		if err := t.proveEdge(); err != nil {
			return nil, err
		}
	}
	data, err := t.raw(level, number)
	if err != nil {
		return nil, err
	}
	if len(data) == width*hashSize {
		parent, err := t.tile(level+1, number/width)
		if err != nil {
			return nil, err
		}
		if hashAt(parent, number%width) != perfectRoot(data, 0, width) {
			return nil, fmt.Errorf("tile %s is not what its parent holds of it", key)
		}
	}
	t.proved[key] = data
	return data, nil
}

// The bytes of an entry, whose whole bundle was checked against its tile.
func (t *tiles) entry(index int64) ([]byte, error) {
	number := index / width
	hashes, err := t.tile(0, number)
	if err != nil {
		return nil, err
	}
	data, err := t.from.read(tilePath("entries", number, t.widthOf(0, number)))
	if err != nil {
		return nil, err
	}
	var found []byte
	for i := int64(0); i < int64(len(hashes)/hashSize); i++ {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("bundle %d is cut in entry %d", number, i)
		}
		one := data[2 : 2+int(binary.BigEndian.Uint16(data))]
		data = data[2+len(one):]
		if tlog.RecordHash(one) != hashAt(hashes, i) {
			return nil, fmt.Errorf("entry %d is not the one in the tree", number*width+i)
		}
		if number*width+i == index {
			found = one
		}
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("bundle %d has bytes behind its entries", number)
	}
	return append([]byte(nil), found...), nil
}

// A file of the tree: a tile, or the bundle of one of level 0.
type piece struct {
	level  uint
	number int64
	bundle bool
}

func (t *tiles) pieces() []piece {
	var list []piece
	for level := uint(0); t.size>>(8*level) > 0; level++ {
		for n := int64(0); n*width < t.size>>(8*level); n++ {
			list = append(list, piece{level, n, false})
			if level == 0 {
				list = append(list, piece{level, n, true})
			}
		}
	}
	return list
}

func (t *tiles) path(p piece) string {
	kind := fmt.Sprint(p.level)
	if p.bundle {
		kind = "entries"
	}
	return tilePath(kind, p.number, t.widthOf(p.level, p.number))
}

func (t *tiles) check(p piece) error {
	if p.bundle {
		_, err := t.entry(p.number * width)
		return err
	}
	_, err := t.tile(p.level, p.number)
	return err
}

// Every tile and bundle of the tree, proved.
func (t *tiles) all() ([]piece, error) {
	list := t.pieces()
	for _, p := range list {
		if err := t.check(p); err != nil {
			return nil, err
		}
	}
	return list, nil
}
