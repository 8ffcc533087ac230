package policy

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/scanner/verdict"
)

// BaselineName is the file in which a project keeps its accepted old debt.
const BaselineName = ".figment-baseline.json"

// MaxBaseline is the most that is read of a baseline, in bytes.
const MaxBaseline = 16 << 20

// A Baseline is what a project had found when it began: findings that are
// accepted at the places they had then, and the ledger of names that were
// proven not to exist. The ledger is the stronger half: a name in it that
// exists today was registered by somebody who may have read it here.
type Baseline struct {
	File    string // as messages name it
	Entries []BaselineEntry
	// Add is put before the paths of a scan, Strip taken off them, so that they
	// count from the baseline's own folder. Both end in a slash or are empty.
	Add, Strip string

	index map[baselineKey]int // of Entries; made by sort
}

// A BaselineEntry accepts findings of one rule about one package.
type BaselineEntry struct {
	ID       string // fingerprint of the finding that made it: information
	Rule     string
	Package  string    // purl; without version but for rules about a version
	Paths    []string  // where it is accepted, sorted; none: only the ledger is left
	Added    time.Time // a day
	AbsentAt time.Time // proven absent then; zero: not known to be absent
}

type baselineKey struct{ rule, purl string }

type baselineFile struct {
	SchemaVersion string         `json:"schema_version"`
	Entries       []baselineLine `json:"entries"`
}

type baselineLine struct {
	ID       string   `json:"id"`
	Rule     string   `json:"rule"`
	Package  string   `json:"package"`
	Paths    []string `json:"paths"`
	Added    string   `json:"added"`
	AbsentAt *string  `json:"absent_at"`
}

// ParseBaseline reads a baseline. What is wrong is an *Error: the file is the
// scanned project's, and a half read one would accept or forget at random.
func ParseBaseline(file string, data []byte) (*Baseline, error) {
	fail := func(format string, args ...any) error {
		return &Error{File: file, Text: fmt.Sprintf(format, args...), Hint: "write it anew: figment baseline create"}
	}
	if len(data) > MaxBaseline {
		return nil, fail("is larger than 16 MiB")
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	dec.DisallowUnknownFields()
	var f baselineFile
	if err := dec.Decode(&f); err != nil {
		return nil, fail("is no baseline: %s", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fail("is no baseline: text follows its end")
	}
	if f.SchemaVersion != "1" {
		return nil, fail("has the schema version %q; this figment reads 1", f.SchemaVersion)
	}
	b := &Baseline{File: file}
	for i := range f.Entries {
		e, what := f.Entries[i].entry()
		if what != "" {
			return nil, fail("entry %d %s", i+1, what)
		}
		b.Entries = append(b.Entries, e)
	}
	b.sort()
	return b, nil
}

func (l *baselineLine) entry() (BaselineEntry, string) {
	e := BaselineEntry{ID: l.ID, Rule: l.Rule, Package: l.Package, Paths: l.Paths}
	switch {
	case verdict.FindRule(l.Rule) == nil:
		return e, fmt.Sprintf("has the unknown rule %q", l.Rule)
	case !strings.HasPrefix(l.Package, "pkg:"):
		return e, fmt.Sprintf("has the package %q, which is no package URL", l.Package)
	}
	var ok bool
	if e.Added, ok = day(l.Added); !ok {
		return e, fmt.Sprintf("has the date %q", l.Added)
	}
	if l.AbsentAt != nil {
		at, err := time.Parse(time.RFC3339, *l.AbsentAt)
		if err != nil {
			// Of a day alone its end counts: the later a reference, the less follows.
			if at, ok = day(*l.AbsentAt); !ok {
				return e, fmt.Sprintf("has the date %q", *l.AbsentAt)
			}
			at = at.Add(24*time.Hour - time.Second)
		}
		e.AbsentAt = at.UTC()
	}
	return e, ""
}

func day(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

// sort puts entries into the order of the file and joins equal ones.
func (b *Baseline) sort() {
	slices.SortStableFunc(b.Entries, func(x, y BaselineEntry) int {
		return cmp.Or(cmp.Compare(x.Package, y.Package), cmp.Compare(x.Rule, y.Rule))
	})
	out := b.Entries[:0]
	for _, e := range b.Entries {
		slices.Sort(e.Paths)
		e.Paths = slices.Compact(e.Paths)
		if n := len(out); n > 0 && out[n-1].Package == e.Package && out[n-1].Rule == e.Rule {
			out[n-1].join(e)
			continue
		}
		out = append(out, e)
	}
	b.Entries = out
	b.index = make(map[baselineKey]int, len(out))
	for i := range out {
		b.index[baselineKey{out[i].Rule, out[i].Package}] = i
	}
}

// join takes the places of an equal entry and the earlier of the dates.
func (e *BaselineEntry) join(o BaselineEntry) {
	e.Paths = append(slices.Clone(e.Paths), o.Paths...)
	slices.Sort(e.Paths)
	e.Paths = slices.Compact(e.Paths)
	e.Added = earlier(e.Added, o.Added)
	e.AbsentAt = earlier(e.AbsentAt, o.AbsentAt)
	if e.ID == "" {
		e.ID = o.ID
	}
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Bytes is the baseline as a file: sorted, one entry a line, so that two
// branches merge.
func (b *Baseline) Bytes() []byte {
	b.sort()
	var out bytes.Buffer
	out.WriteString("{\"schema_version\":\"1\",\"entries\":[")
	for i := range b.Entries {
		e := &b.Entries[i]
		l := baselineLine{ID: e.ID, Rule: e.Rule, Package: e.Package, Paths: e.Paths, Added: e.Added.Format(time.DateOnly)}
		if l.Paths == nil {
			l.Paths = []string{}
		}
		if !e.AbsentAt.IsZero() {
			at := e.AbsentAt.UTC().Format(time.RFC3339)
			l.AbsentAt = &at
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		line := json.NewEncoder(&out)
		line.SetEscapeHTML(false)
		line.Encode(l)              // strings and dates: nothing that could fail
		out.Truncate(out.Len() - 1) // the line end comes with the next entry
	}
	out.WriteString("\n]}\n")
	return out.Bytes()
}

// PackageOf gives the package URL by which entries of rule name a package.
func PackageOf(rule *verdict.Rule, p ecosystem.Package) string {
	if !rule.AboutVersion {
		p.Version = ""
	}
	return p.PURL()
}

// Find gives the entry for findings of rule about a package, or nil. A nil
// Baseline has none.
func (b *Baseline) Find(rule *verdict.Rule, p ecosystem.Package) *BaselineEntry {
	if b == nil {
		return nil
	}
	if i, ok := b.lookup()[baselineKey{rule.ID, PackageOf(rule, p)}]; ok {
		return &b.Entries[i]
	}
	return nil
}

// lookup gives the index. A parsed baseline has one, and is safe for reading
// from several goroutines.
func (b *Baseline) lookup() map[baselineKey]int {
	if b.index == nil {
		b.sort()
	}
	return b.index
}

// Covers reports whether an entry accepts a place: path counts as a scan
// reports it.
func (b *Baseline) Covers(e *BaselineEntry, path string) bool {
	own, ok := b.Own(path)
	return ok && e != nil && slices.Contains(e.Paths, own)
}

// Own is a path of a scan as the baseline writes it; ok is false for what lies
// outside its folder.
func (b *Baseline) Own(p string) (string, bool) {
	p, ok := strings.CutPrefix(p, b.Strip)
	own := path.Join(b.Add, p)
	return own, ok && own != ".." && !strings.HasPrefix(own, "../")
}

// AbsentAt is when a package was first proven not to exist, by the ledger; zero
// if it holds nothing of it. A date after now proves nothing.
func (b *Baseline) AbsentAt(p ecosystem.Package, now time.Time) time.Time {
	var first time.Time
	if b == nil {
		return first
	}
	p.Version = ""
	purl := p.PURL()
	b.lookup()
	i, _ := slices.BinarySearchFunc(b.Entries, purl, func(e BaselineEntry, s string) int { return cmp.Compare(e.Package, s) })
	for ; i < len(b.Entries) && b.Entries[i].Package == purl; i++ {
		if at := b.Entries[i].AbsentAt; !at.After(now) {
			first = earlier(first, at)
		}
	}
	return first
}

// TakeLedger adds what another baseline knows of names that did not exist. What
// it accepts is not taken over.
func (b *Baseline) TakeLedger(o *Baseline) {
	for _, e := range o.Entries {
		if !e.AbsentAt.IsZero() {
			e.Paths = nil
			b.Entries = append(b.Entries, e)
		}
	}
	b.sort()
}
