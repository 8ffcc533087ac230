// Package build writes the popular names of an ecosystem as a FIG1 file, the
// form that names searches in place. What goes in is a list of names with
// ranks; what comes out is bytes, the same for the same list and date.
package build

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/names/internal/fig"
)

// How far down the list the tables go. Beyond, a name is still found by its
// spelling and by the separator key.
const (
	spelled   = 15000 // ranks with keys
	worded    = 10000 // ranks whose words are kept
	keyed     = 5000  // ranks with the keys that say little: look-alikes, digits, affixes
	fragments = 5000  // ranks whose beginnings and ends are kept
)

// An Entry is a popular name, or one that stands for another.
type Entry struct {
	Name       string
	Rank       int // 1 is the most popular; 0: known, not ranked
	Deprecated bool
	Multi      bool // also in an earlier list
}

// An Alias is a name that people write for a package: a brand, or a module that
// the package provides. Package may be empty: the brand has none.
type Alias struct{ Name, Package string }

// Meta is what the file says of itself.
type Meta struct {
	Ecosystem   ecosystem.Ecosystem
	Snapshot    time.Time // day of the list
	Source      string    // where the list is from, one line
	Partial     bool      // the list is not everything popular
	TrustSingle bool      // no second list confirms the names, and none is asked for
}

// A Report says what became of the input.
type Report struct {
	Names, Aliases int
	Dropped        []Drop
}

// A Drop is an entry that was left out.
type Drop struct{ Name, Why string }

// codes of the ecosystems in a file; never reused.
var codes = []ecosystem.Ecosystem{
	1: ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang, ecosystem.Cargo, ecosystem.Gem,
	ecosystem.Maven, ecosystem.NuGet, ecosystem.Composer, ecosystem.Pub, ecosystem.Hex,
}

type row struct {
	name string
	rank uint32 // with flags
	id   uint32
}

// File builds the file. Entries may come in any order; of two spellings of one
// name the better rank stays. A name that its registry could not hold, or that
// is longer than the format takes, is dropped and reported.
func File(m Meta, entries []Entry, aliases []Alias) ([]byte, Report, error) {
	code := slices.Index(codes, m.Ecosystem)
	if code < 1 {
		return nil, Report{}, fmt.Errorf("no index is kept for %q", m.Ecosystem)
	}
	if m.Snapshot.Unix() < 0 || m.Snapshot.Unix() > 1<<32-1 {
		return nil, Report{}, fmt.Errorf("the date %v cannot be written", m.Snapshot)
	}
	rows, rep := collect(m, entries, aliases)

	byLength := map[int][]*row{}
	for i := range rows {
		byLength[len(rows[i].name)] = append(byLength[len(rows[i].name)], &rows[i])
	}
	lengths := make([]int, 0, len(byLength))
	for l, list := range byLength {
		slices.SortFunc(list, func(a, b *row) int { return strings.Compare(a.name, b.name) })
		for i, r := range list {
			r.id = fig.ID(l, i)
		}
		lengths = append(lengths, l)
	}
	slices.Sort(lengths)
	tables := tabulate(m.Ecosystem, rows, aliases)

	w := &writer{}
	w.pad(fig.HeaderSize + fig.RowSize*(len(lengths)+len(tables)))
	dir := fig.HeaderSize
	for _, l := range lengths {
		list := byLength[l]
		w.align()
		w.row(dir, l, len(list))
		dir += fig.RowSize
		for _, r := range list {
			w.b = binary.LittleEndian.AppendUint64(w.b, fig.Signature(r.name))
		}
		for _, r := range list {
			w.b = binary.LittleEndian.AppendUint32(w.b, r.rank)
		}
		for _, r := range list {
			w.b = append(w.b, r.name...)
		}
	}
	for _, t := range tables {
		w.align()
		w.row(dir, int(t.kind), len(t.rows))
		dir += fig.RowSize
		for _, r := range t.rows {
			w.b = binary.LittleEndian.AppendUint32(w.b, r.hash)
		}
		for _, r := range t.rows {
			w.b = binary.LittleEndian.AppendUint32(w.b, r.id)
		}
	}
	w.align()
	source := len(w.b)
	w.b = append(w.b, m.Source...)

	flags := uint32(0)
	if m.Partial {
		flags |= fig.Partial
	}
	if m.TrustSingle {
		flags |= fig.TrustSingle
	}
	if !slices.ContainsFunc(rows, func(r row) bool { return r.rank&(fig.NameUnranked|fig.NameAlias|fig.NameScope) == 0 }) {
		flags |= fig.Unranked
	}
	h := w.b[:fig.HeaderSize]
	copy(h, fig.Magic)
	binary.LittleEndian.PutUint16(h[4:], fig.Format)
	binary.LittleEndian.PutUint16(h[6:], uint16(code))
	for i, v := range []uint32{uint32(m.Snapshot.Unix()), uint32(rep.Names), flags, uint32(source), uint32(len(m.Source)), uint32(len(lengths)), uint32(len(tables))} {
		binary.LittleEndian.PutUint32(h[8+4*i:], v)
	}
	sum := sha256.Sum256(w.b[fig.HeaderSize:])
	copy(h[fig.SumOffset:], sum[:])
	return w.b, rep, nil
}

// collect turns the input into rows: canonical, without doubles, aliases and
// scopes behind the names they stand for.
func collect(m Meta, entries []Entry, aliases []Alias) ([]row, Report) {
	var rep Report
	at := map[string]int{}
	var rows []row
	for _, e := range entries {
		name := ecosystem.Normalize(m.Ecosystem, e.Name)
		switch c := ecosystem.CheckName(m.Ecosystem, name); {
		case name == "" || c.State == ecosystem.Invalid:
			rep.Dropped = append(rep.Dropped, Drop{e.Name, "no name of this registry"})
			continue
		case len(name) > fig.MaxName:
			rep.Dropped = append(rep.Dropped, Drop{e.Name, "too long"})
			continue
		}
		rank := uint32(min(max(e.Rank, 0), fig.RankMask))
		if rank == 0 {
			rank |= fig.NameUnranked
		}
		if e.Deprecated {
			rank |= fig.NameDeprecated
		}
		if e.Multi {
			rank |= fig.NameMulti
		}
		if i, dup := at[name]; dup {
			if better(rank, rows[i].rank) {
				rows[i].rank = rank
			}
			continue
		}
		at[name] = len(rows)
		rows = append(rows, row{name: name, rank: rank})
	}
	rep.Names = len(rows)
	add := func(name string, rank, flag uint32) bool {
		if _, dup := at[name]; dup {
			return false
		}
		at[name] = len(rows)
		rows = append(rows, row{name: name, rank: rank&fig.RankMask | flag})
		return true
	}
	for _, a := range aliases {
		name := ecosystem.Normalize(m.Ecosystem, a.Name)
		rank := uint32(fig.NameUnranked)
		if a.Package != "" {
			i, ok := at[ecosystem.Normalize(m.Ecosystem, a.Package)]
			if !ok || i >= rep.Names {
				rep.Dropped = append(rep.Dropped, Drop{a.Name, "stands for " + a.Package + ", which is not in the list"})
				continue
			}
			rank = rows[i].rank & (fig.RankMask | fig.NameUnranked)
		}
		if name == "" || len(name) > fig.MaxName || !add(name, rank, fig.NameAlias|rank&fig.NameUnranked) {
			rep.Dropped = append(rep.Dropped, Drop{a.Name, "is a popular package itself"})
			continue
		}
		rep.Aliases++
	}
	if m.Ecosystem.Shape().Scoped {
		best := map[string]uint32{}
		var scopes []string
		for _, r := range rows[:rep.Names] {
			scope, _, ok := strings.Cut(r.name, "/")
			if !ok || r.rank&fig.NameUnranked != 0 {
				continue
			}
			if old, seen := best[scope]; !seen {
				scopes = append(scopes, scope)
				best[scope] = r.rank & fig.RankMask
			} else {
				best[scope] = min(old, r.rank&fig.RankMask)
			}
		}
		for _, s := range scopes {
			add(s, best[s], fig.NameScope)
		}
	}
	return rows, rep
}

func better(a, b uint32) bool {
	if (a^b)&fig.NameUnranked != 0 {
		return a&fig.NameUnranked == 0
	}
	return a&fig.RankMask < b&fig.RankMask
}

type tableRow struct{ hash, id, rank uint32 }

type table struct {
	kind fig.Kind
	rows []tableRow
}

// tabulate makes the tables of keys and words.
func tabulate(e ecosystem.Ecosystem, rows []row, aliases []Alias) []table {
	byKind := make([][]tableRow, fig.Kinds)
	add := func(k fig.Kind, part string, r *row) {
		rank := r.rank & fig.RankMask
		if r.rank&fig.NameUnranked != 0 {
			rank = fig.RankMask
		}
		byKind[k] = append(byKind[k], tableRow{fig.Hash(part), r.id, rank})
	}
	meant := map[string]string{}
	shape := fig.Shape(e.Shape())
	for _, a := range aliases {
		meant[ecosystem.Normalize(e, a.Name)] = ecosystem.Normalize(e, a.Package)
	}
	byName := map[string]*row{}
	for i := range rows {
		byName[rows[i].name] = &rows[i]
	}
	var buf []byte
	for i := range rows {
		r := &rows[i]
		if r.rank&fig.NameScope != 0 {
			continue
		}
		alias := r.rank&fig.NameAlias != 0
		if alias {
			if p := byName[meant[r.name]]; p != nil {
				add(fig.Meant, r.name, p)
			}
		}
		rank := int(r.rank & fig.RankMask)
		top := r.rank&fig.NameUnranked == 0 && rank <= spelled
		for _, k := range shape.KeyKinds() {
			if (k == fig.Skeleton || k == fig.Digits || k == fig.Affix) && rank > keyed {
				continue
			}
			unranked := r.rank&fig.NameUnranked != 0
			if k == fig.Separator && !alias && unranked || k == fig.Base && !shape.Flat() || top {
				if buf = shape.Key(buf[:0], k, r.name); len(buf) > 0 {
					add(k, string(buf), r)
				}
			}
		}
		if !shape.Flat() || !top || alias || rank > worded {
			continue
		}
		var words [fig.MaxTokens]string
		n := fig.Tokens(r.name, &words)
		for _, w := range words[:n] {
			if len(w) >= 3 && !fig.Generic(w) {
				add(fig.Token, w, r)
			}
		}
		if n == 1 && rank <= fragments {
			w := words[0]
			for cut := 5; cut < len(w); cut++ {
				add(fig.Prefix, w[:cut], r)
				add(fig.Suffix, w[len(w)-cut:], r)
			}
		}
	}
	var out []table
	for k, list := range byKind {
		slices.SortFunc(list, func(a, b tableRow) int {
			return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id))
		})
		if kind := fig.Kind(k); kind == fig.Prefix || kind == fig.Suffix || kind == fig.Meant {
			list = slices.CompactFunc(list, func(a, b tableRow) bool { return a.hash == b.hash })
		} else {
			list = slices.CompactFunc(list, func(a, b tableRow) bool { return a.hash == b.hash && a.id == b.id })
		}
		if len(list) > 0 {
			out = append(out, table{fig.Kind(k), list})
		}
	}
	return out
}

type writer struct{ b []byte }

func (w *writer) pad(n int) { w.b = append(w.b, make([]byte, n-len(w.b))...) }

func (w *writer) align() {
	for len(w.b)%8 != 0 {
		w.b = append(w.b, 0)
	}
}

// row writes a row of a directory about what comes next.
func (w *writer) row(at, what, n int) {
	binary.LittleEndian.PutUint32(w.b[at:], uint32(what))
	binary.LittleEndian.PutUint32(w.b[at+4:], uint32(n))
	binary.LittleEndian.PutUint32(w.b[at+8:], uint32(len(w.b)))
}
