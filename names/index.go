package names

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/names/internal/fig"
)

// An Index is the popular names of one ecosystem, searched in place. Safe for
// concurrent use.
type Index struct {
	eco     ecosystem.Ecosystem
	shape   fig.Shape
	data    string
	names   int
	flags   uint32
	taken   time.Time
	source  string
	longest int
	buckets [fig.MaxName + 1]bucket
	tables  [fig.Kinds]table
}

// A bucket is where the names of one length are.
type bucket struct{ n, sigs, ranks, names int }

type table struct{ n, hashes, ids int }

// errDamaged says that a file is not what its header says.
var errDamaged = errors.New("the name index is damaged")

// Read opens an index that was built for e. The data is kept and searched in
// place; only the directories are looked at. The error says that the file is of
// another kind, newer than this program, or damaged.
func Read(e ecosystem.Ecosystem, data string) (*Index, error) {
	switch {
	case len(data) < fig.HeaderSize || data[:4] != fig.Magic:
		return nil, errors.New("this is no name index")
	case u16(data, 4) != fig.Format:
		return nil, fmt.Errorf("the name index has format %d; this program reads format %d", u16(data, 4), fig.Format)
	}
	x := &Index{
		eco: e, shape: fig.Shape(e.Shape()), data: data,
		taken: time.Unix(int64(u32(data, 8)), 0).UTC(), names: int(u32(data, 12)), flags: u32(data, 16),
	}
	from, length := int(u32(data, 20)), int(u32(data, 24))
	nb, nt := int(u32(data, 28)), int(u32(data, 32))
	if nb > fig.MaxName || nt > int(fig.Kinds) || from+length > len(data) || fig.HeaderSize+fig.RowSize*(nb+nt) > len(data) {
		return nil, errDamaged
	}
	x.source = data[from : from+length]
	at := fig.HeaderSize
	for range nb {
		l, n, off := int(u32(data, at)), int(u32(data, at+4)), int(u32(data, at+8))
		at += fig.RowSize
		if l < 1 || l > fig.MaxName || n >= 1<<fig.IndexBits || off+n*(12+l) > len(data) {
			return nil, errDamaged
		}
		x.buckets[l] = bucket{n, off, off + 8*n, off + 12*n}
		x.longest = max(x.longest, l)
	}
	for range nt {
		kind, n, off := u32(data, at), int(u32(data, at+4)), int(u32(data, at+8))
		at += fig.RowSize
		if off+8*n > len(data) {
			return nil, errDamaged
		}
		if kind < uint32(fig.Kinds) {
			x.tables[kind] = table{n, off, off + 4*n}
		}
	}
	return x, nil
}

// Verify compares the checksum. Read does not: it would cost more than every
// search of a run.
func (x *Index) Verify() error {
	if sum := sha256.Sum256([]byte(x.data[fig.HeaderSize:])); string(sum[:]) != x.data[fig.SumOffset:fig.SumOffset+len(sum)] {
		return errDamaged
	}
	return nil
}

// Date is the day of which the list is.
func (x *Index) Date() time.Time { return x.taken }

// Len is the number of names, aliases not counted.
func (x *Index) Len() int { return x.names }

// Size is the size of the index in bytes.
func (x *Index) Size() int { return len(x.data) }

// Source says where the list is from.
func (x *Index) Source() string { return x.source }

// Rank finds a canonical name. ok with rank 0 means known, unranked.
func (x *Index) Rank(name string) (rank int, ok bool) {
	r, ok := x.find(name)
	if !ok || r&(fig.NameAlias|fig.NameScope) != 0 {
		return 0, false
	}
	return rankOf(r), true
}

// Trusted reports whether a canonical name is known to be popular well enough
// to be above suspicion and to be a target of others: its rank is confirmed by
// a second list, or the file was built to do without one.
func (x *Index) Trusted(name string) (rank int, ok bool) {
	r, ok := x.find(name)
	if !ok || r&(fig.NameAlias|fig.NameScope|fig.NameUnranked) != 0 || !x.trusts(r) {
		return 0, false
	}
	return rankOf(r), true
}

func (x *Index) trusts(r uint32) bool { return r&fig.NameMulti != 0 || x.flags&fig.TrustSingle != 0 }

// Each calls yield with every name, in order of length and then of bytes.
func (x *Index) Each(yield func(name string, rank int) bool) {
	for l := range x.buckets {
		for i := range x.buckets[l].n {
			if r := x.rank(l, i); r&(fig.NameAlias|fig.NameScope) == 0 && !yield(x.name(l, i), rankOf(r)) {
				return
			}
		}
	}
}

func rankOf(r uint32) int {
	if r&fig.NameUnranked != 0 {
		return 0
	}
	return int(r & fig.RankMask)
}

// find gives the rank, with its flags, of what is spelled name.
func (x *Index) find(name string) (uint32, bool) {
	l := len(name)
	if l == 0 || l > x.longest {
		return 0, false
	}
	b := &x.buckets[l]
	lo, hi := 0, b.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if x.name(l, mid) < name {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < b.n && x.name(l, lo) == name {
		return x.rank(l, lo), true
	}
	return 0, false
}

func (x *Index) name(l, i int) string {
	at := x.buckets[l].names + i*l
	return x.data[at : at+l]
}

func (x *Index) rank(l, i int) uint32 { return u32(x.data, x.buckets[l].ranks+4*i) }

// id gives what an id points to; ok is false in a damaged file.
func (x *Index) id(id uint32) (name string, rank uint32, ok bool) {
	l, i := int(id>>fig.IndexBits), int(id&(1<<fig.IndexBits-1))
	if l > fig.MaxName || i >= x.buckets[l].n {
		return "", 0, false
	}
	return x.name(l, i), x.rank(l, i), true
}

// lookup gives the place of a hash in a table: the first row with it, and the
// one behind the last.
func (x *Index) lookup(k fig.Kind, hash uint32) (first, end int) {
	t := &x.tables[k]
	lo, hi := 0, t.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if u32(x.data, t.hashes+4*mid) < hash {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	end = lo
	for end < t.n && u32(x.data, t.hashes+4*end) == hash {
		end++
	}
	return lo, end
}

// at gives what a row of a table points to.
func (x *Index) at(k fig.Kind, i int) (name string, rank uint32, ok bool) {
	return x.id(u32(x.data, x.tables[k].ids+4*i))
}

// meant is the package that an alias stands for; empty for a brand without one.
func (x *Index) meant(alias string) (string, uint32) {
	if first, end := x.lookup(fig.Meant, fig.Hash(alias)); first < end {
		if name, rank, ok := x.at(fig.Meant, first); ok {
			return name, rank
		}
	}
	return "", 0
}

func u16(s string, i int) uint16 { return uint16(s[i]) | uint16(s[i+1])<<8 }

func u32(s string, i int) uint32 {
	_ = s[i+3]
	return uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16 | uint32(s[i+3])<<24
}

func u64(s string, i int) uint64 {
	_ = s[i+7]
	return uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
		uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
}

// scopeOf is the scope of an npm name, with its sign.
func scopeOf(name string) string {
	if scope, _, ok := strings.Cut(name, "/"); ok && strings.HasPrefix(scope, "@") {
		return scope
	}
	return ""
}
