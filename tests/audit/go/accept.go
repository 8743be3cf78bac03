// Accept reads an exported log with the note and tlog packages of golang.org/x/mod/sumdb, which know
// nothing of us: signature, root from the tiles, every entry, and our proofs beside those it makes itself.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type proofs struct {
	Records []struct {
		Index int64
		Proof [][]byte
	}
	Trees []struct {
		Old   int64
		Root  []byte
		Proof [][]byte
	}
}

type tiles struct{ dir string }

func (t tiles) Height() int { return height }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		// Go's own path has the height in front, which tlog-tiles leaves out.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.dir, path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func read(path ...string) []byte {
	data, err := os.ReadFile(filepath.Join(path...))
	must(err)
	return data
}

func hash(raw []byte) (h tlog.Hash) {
	if copy(h[:], raw) != len(h) || len(raw) != len(h) {
		must(fmt.Errorf("a hash of %d bytes", len(raw)))
	}
	return h
}

func hashes(raw [][]byte) (all []tlog.Hash) {
	for _, each := range raw {
		all = append(all, hash(each))
	}
	return all
}

func same(mine, theirs []tlog.Hash) {
	if fmt.Sprint(mine) != fmt.Sprint(theirs) {
		must(fmt.Errorf("another proof"))
	}
}

func main() {
	dir := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(dir, "key.pub"))))
	must(err)
	opened, err := note.Open(read(dir, "checkpoint"), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{dir})
	found, err := tlog.TreeHash(size, reader)
	must(err)
	if found != root {
		must(fmt.Errorf("another root"))
	}

	var entries [][]byte
	for n := int64(0); n*256 < size; n++ {
		tile := tlog.Tile{H: height, L: 0, N: n, W: 256}
		if size-n*256 < 256 {
			tile.W = int(size - n*256)
		}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle := bytes.NewBuffer(read(dir, path))
		for bundle.Len() > 0 {
			length := bundle.Next(2)
			entries = append(entries, bundle.Next(int(length[0])<<8|int(length[1])))
		}
	}
	if int64(len(entries)) != size {
		must(fmt.Errorf("%d entries", len(entries)))
	}
	for n, entry := range entries {
		stored, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(n))})
		must(err)
		if stored[0] != tlog.RecordHash(entry) {
			must(fmt.Errorf("entry %d", n))
		}
	}

	var ours proofs
	must(json.Unmarshal(read(dir, "proofs.json"), &ours))
	for _, p := range ours.Records {
		must(tlog.CheckRecord(hashes(p.Proof), size, root, p.Index, tlog.RecordHash(entries[p.Index])))
		theirs, err := tlog.ProveRecord(size, p.Index, reader)
		must(err)
		same(hashes(p.Proof), theirs)
	}
	for _, p := range ours.Trees {
		must(tlog.CheckTree(hashes(p.Proof), size, root, p.Old, hash(p.Root)))
		theirs, err := tlog.ProveTree(size, p.Old, reader)
		must(err)
		same(hashes(p.Proof), theirs)
	}
	fmt.Printf("%s: %d entries, %d and %d proofs\n", lines[0], size, len(ours.Records), len(ours.Trees))
}
