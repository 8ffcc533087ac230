package scanner

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/scanner/source"
	"figment/scanner/text"
)

// extractionCase is a labelled text of fixtures/corpus/extraction.jsonl.
type extractionCase struct {
	ID   string
	Path string
	Text string
	With map[string]string // other files of the project
	// Want is everything the text names that a registry would be asked about.
	Want []struct {
		Ecosystem string
		Name      string // canonical; "a|b" is either
		Kind      string
		Line      int
		Offset    int
		Raw       string
	}
	Broken bool // cut off, or with lines in it that belong to nothing
}

// snippetCase is an answer of fixtures/corpus/snippets.jsonl.
type snippetCase struct {
	ID          string
	Text        string
	Expected    []string // "ecosystem:name", or "ecosystem:a|b" for either
	NotPackages []string `json:"not_packages"`
}

// snippetsElsewhere are the answers in formats that figment does not read yet.
var snippetsElsewhere = map[string]string{"s11": "HTML", "s12": "diff", "s13": "workflow", "s17": "Vue and Svelte"}

// snippetEcosystems are those that no format of figment names yet: R, Swift,
// Gradle and actions in workflows.
var snippetEcosystems = []string{"cran", "swift", "maven", "githubactions"}

// jsonCases reads a list of JSON values, one a line.
func jsonCases[T any](t testing.TB, file string) []T {
	t.Helper()
	var out []T
	dec := json.NewDecoder(bytes.NewReader(fixtures.Read(file)))
	for dec.More() {
		var c T
		if err := dec.Decode(&c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out = append(out, c)
	}
	return out
}

// A score counts names: what stands in the texts, how much of it was found, what
// was reported as a package, and how much of that is right. Mentions count as
// found and never as reported: they cannot fail a run.
type score struct{ wanted, found, reported, right int }

func (s *score) add(o score) {
	s.wanted += o.wanted
	s.found += o.found
	s.reported += o.reported
	s.right += o.right
}

func (s score) precision() float64 { return ratio(s.right, s.reported) }
func (s score) recall() float64    { return ratio(s.found, s.wanted) }

func (s score) f1() float64 {
	p, r := s.precision(), s.recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func (s score) String() string {
	return fmt.Sprintf("%4d wanted %4d found %4d reported %4d right   precision %.4f recall %.4f F1 %.4f",
		s.wanted, s.found, s.reported, s.right, s.precision(), s.recall(), s.f1())
}

// ratio is 1 where there is nothing to count.
func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// listed gives what a text of a project names.
func listed(t *testing.T, path, src string, with map[string]string) []ListItem {
	t.Helper()
	files := map[string][]byte{path: []byte(src)}
	for p, other := range with {
		files[p] = []byte(other)
	}
	o := offlineOptions(t, source.Memory(all.Formats().Recognition(), files))
	if path == "-" {
		o.Source = source.Stdin(all.Formats().Recognition(), []byte(src), "", source.Label{})
	}
	list, err := List(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(slices.Collect(list.Items), func(i ListItem) bool { return i.Path != path })
}

// asked reports whether an item is a claim that a package of that name is meant:
// above a mention, and not known to be anything else.
func asked(i *ListItem) bool {
	switch i.Origin {
	case "standard", "local", "external", "placeholder":
		return false
	}
	return i.Kind != "mention"
}

// quality is what the corpora measure.
type quality struct {
	by     map[string]*score // by ecosystem
	wrong  []string          // each mistake: case, place, what
	broken score             // the broken texts alone
}

func (q *quality) of(e string) *score {
	if q.by[e] == nil {
		q.by[e] = &score{}
	}
	return q.by[e]
}

func (q *quality) total() score {
	var s score
	for _, o := range q.by {
		s.add(*o)
	}
	return s
}

func (q *quality) miss(id string, format string, args ...any) {
	q.wrong = append(q.wrong, id+": "+fmt.Sprintf(format, args...))
}

// A wanted is one label: a name of a kind at a place.
type wanted struct {
	ecosystem, kind, raw string
	names                []string // nil: any
	offset               int
}

// measure compares what a text names with its labels. Names in unscored may be
// reported or not.
func (q *quality) measure(id string, items []ListItem, want []wanted, unscored func(*ListItem) bool) score {
	var all score
	count := func(e string, s score) {
		q.of(e).add(s)
		all.add(s)
	}
	used := make([]bool, len(items))
	for _, w := range want {
		s := score{wanted: 1}
		for n := range items {
			i := &items[n]
			if i.Kind != w.kind || i.Start.Offset != w.offset || string(i.Ecosystem) != w.ecosystem || i.Raw != w.raw {
				continue
			}
			if w.names != nil && !slices.Contains(w.names, i.Name) {
				continue
			}
			used[n] = true
			s.found = 1
		}
		if s.found == 0 {
			q.miss(id, "no %s of %s:%s (%q) at offset %d", w.kind, w.ecosystem, strings.Join(w.names, "|"), w.raw, w.offset)
		}
		if s.found == 1 && w.kind != "mention" {
			s.reported, s.right = 1, 1
		}
		count(w.ecosystem, s)
	}
	for n := range items {
		i := &items[n]
		if used[n] || !asked(i) || unscored != nil && unscored(i) {
			continue
		}
		q.miss(id, "%d:%d: %s of %s:%s (%q, %s) is wrong", i.Start.Line, i.Start.Column, i.Kind, i.Ecosystem, i.Name, i.Raw, i.Origin)
		count(string(i.Ecosystem), score{reported: 1})
	}
	return all
}

// golden measures the cases of extract/golden.jsonl that are of formats figment
// reads. Labels with an origin are not scored.
func (q *quality) golden(t *testing.T) {
	for _, c := range goldenCases(t) {
		if goldenElsewhere[c.ID] != "" {
			continue
		}
		var want []wanted
		others := map[int]bool{}
		for _, w := range c.Want {
			if w.Origin != "" {
				others[w.Offset] = true
				continue
			}
			l := wanted{ecosystem: w.Ecosystem, kind: w.Kind, raw: w.Raw, offset: w.Offset}
			if !w.Hint {
				l.names = []string{w.Name}
			}
			want = append(want, l)
		}
		q.measure(c.ID, listed(t, c.Path, c.Text, c.With), want, func(i *ListItem) bool {
			return others[i.Start.Offset] || slices.Contains(c.Allow, i.Name)
		})
	}
}

// written measures the texts of corpus/extraction.jsonl.
func (q *quality) written(t *testing.T) {
	cases := jsonCases[extractionCase](t, "corpus/extraction.jsonl")
	broken := 0
	for _, c := range cases {
		var want []wanted
		for _, w := range c.Want {
			if !strings.HasPrefix(c.Text[w.Offset:], w.Raw) || 1+strings.Count(c.Text[:w.Offset], "\n") != w.Line {
				t.Fatalf("%s: the label of %s stands elsewhere", c.ID, w.Name)
			}
			want = append(want, wanted{w.Ecosystem, w.Kind, w.Raw, strings.Split(w.Name, "|"), w.Offset})
		}
		s := q.measure(c.ID, listed(t, c.Path, c.Text, c.With), want, nil)
		if c.Broken {
			broken++
			q.broken.add(s)
		}
	}
	if len(cases) < 60 || broken < 20 {
		t.Errorf("%d texts, %d of them broken", len(cases), broken)
	}
}

// snippets measures the answers of corpus/snippets.jsonl, by name: their labels
// have no places.
func (q *quality) snippets(t *testing.T) {
	cases := jsonCases[snippetCase](t, "corpus/snippets.jsonl")
	ran := 0
	for _, c := range cases {
		if snippetsElsewhere[c.ID] != "" {
			continue
		}
		ran++
		items := listed(t, "answer.md", c.Text, nil)
		right := make([]bool, len(items))
		for _, x := range c.Expected {
			e, list, _ := strings.Cut(x, ":")
			if slices.Contains(snippetEcosystems, e) {
				continue
			}
			s := score{wanted: 1}
			for n, i := range items {
				if string(i.Ecosystem) == e && slices.ContainsFunc(strings.Split(list, "|"), func(name string) bool { return namesPackage(&i, name) }) {
					right[n] = true
					s.found = 1
				}
			}
			if s.found == 0 {
				q.miss(c.ID, "no %s", x)
			}
			q.of(e).add(s)
		}
		counted := map[string]bool{}
		for n := range items {
			i := &items[n]
			id := string(i.Ecosystem) + ":" + i.Name
			if !asked(i) || counted[id] {
				continue
			}
			counted[id] = true
			s := score{reported: 1}
			if right[n] {
				s.right = 1
			} else {
				q.miss(c.ID, "%d:%d: %s of %s is wrong", i.Start.Line, i.Start.Column, i.Kind, id)
			}
			q.of(string(i.Ecosystem)).add(s)
		}
	}
	if ran != len(cases)-len(snippetsElsewhere) || ran < 13 {
		t.Errorf("%d snippets ran", ran)
	}
}

// namesPackage reports whether an item names a package: a Go import may name a
// folder of it.
func namesPackage(i *ListItem, name string) bool {
	name = ecosystem.Normalize(i.Ecosystem, name)
	return i.Name == name || i.Ecosystem == ecosystem.Golang && strings.HasPrefix(i.Name, name+"/")
}

// TestExtractionQuality holds extraction to its floor: F1 0.98, precision 0.97,
// recall 0.95 over all labelled texts.
func TestExtractionQuality(t *testing.T) {
	q := &quality{by: map[string]*score{}}
	q.golden(t)
	q.written(t)
	q.snippets(t)
	for _, e := range slices.Sorted(maps.Keys(q.by)) {
		t.Logf("%-9s %s", e, q.by[e])
	}
	total := q.total()
	t.Logf("%-9s %s", "all", total)
	t.Logf("%-9s %s", "broken", q.broken)
	for _, w := range q.wrong {
		t.Log(w)
	}
	if total.f1() < 0.98 || total.precision() < 0.97 || total.recall() < 0.95 {
		t.Errorf("below the floor: %s", total)
	}
	if total.wanted < 330 {
		t.Errorf("only %d labels", total.wanted)
	}
}

// proseAround are sentences that a word stands in, and codeAround those where it
// stands as code. Installing and using is what they speak of.
var (
	proseAround = []string{
		"The %s part comes first, and then you install the rest.",
		"You can install it and have %s data at hand.",
		"Use %s values where you can, or import them from the module.",
		"Add the %s package of your choice to the project.",
		"Install the %s tools, then run the command again.",
		"Importing %s names is easy: import them once and use %s ones everywhere.",
		"Run npm install and then %s tests will pass.",
		"When pip install is done, %s output follows.",
		"- **%s**: what you add to the library",
		"Using the library in a %s way is better than adding a package.",
	}
	codeAround = []string{
		"Set `%s` to true and save the file.",
		"The option `%s` is kept for later.",
		"Use `%s` for this, as in `a.%s = 1`.",
		"First import `%s`, then add `%s` to the list.",
		"Install `%s` if it is missing.",
		"| `%s` | what it does |",
	}
)

// TestProse: words of sentences are not taken for packages, neither those that a
// collector of such names took for some nor those of the corpora's own prose. At
// most 0.5 % may be reported at all; as code a word is a mention at most.
func TestProse(t *testing.T) {
	const most = 0.005
	for _, path := range []string{"answer.md", "-"} {
		if items := listed(t, path, "# Notes\n\nRun pip install aa-bb and go on.\n", nil); len(items) != 1 || items[0].Name != "aa-bb" {
			t.Fatalf("%s: a command in prose gives %+v: the test would test nothing", path, items)
		}
	}
	inProse, inCode, reported, asPackage := 0, 0, 0, 0
	for _, r := range loadNonexistent(t) {
		if r.Label != labelNoise {
			continue
		}
		for _, path := range []string{"answer.md", "-"} {
			for _, s := range proseAround {
				inProse++
				if items := listed(t, path, "# Notes\n\n"+strings.ReplaceAll(s, "%s", r.Name)+"\n", nil); len(items) > 0 {
					reported++
					t.Logf("%s of %q in %q", items[0].Kind, items[0].Name, s)
				}
			}
			for _, s := range codeAround {
				inCode++
				for _, i := range listed(t, path, "# Notes\n\n"+strings.ReplaceAll(s, "%s", r.Name)+"\n", nil) {
					if i.Kind != "mention" {
						asPackage++
						t.Logf("%s of %q in %q", i.Kind, i.Name, s)
						break
					}
				}
			}
		}
	}
	t.Logf("noise: %d of %d reported in prose, %d of %d above a mention in code", reported, inProse, asPackage, inCode)
	if inProse < 400 || ratio(reported, inProse) > most || ratio(asPackage, inCode) > most {
		t.Errorf("noise is taken for packages: %d of %d in prose, %d of %d in code", reported, inProse, asPackage, inCode)
	}

	words, taken := 0, 0
	count := func(id, src string, mentioned []string) {
		all.Formats().Recognition().Split(&source.File{Path: "answer.md", Data: []byte(src)}, func(f *text.Fragment) {
			if f.Lang == text.Prose {
				words += len(strings.Fields(string(f.Text)))
			}
		})
		for _, i := range listed(t, "answer.md", src, nil) {
			if i.Kind == "mention" && !slices.Contains(mentioned, i.Raw) {
				taken++
				t.Logf("%s: %d:%d: %q is taken for a package", id, i.Start.Line, i.Start.Column, i.Raw)
			}
		}
	}
	for _, c := range jsonCases[extractionCase](t, "corpus/extraction.jsonl") {
		if c.Path != "answer.md" && c.Path != "-" {
			continue
		}
		var mentioned []string
		for _, w := range c.Want {
			mentioned = append(mentioned, w.Raw)
		}
		count(c.ID, c.Text, mentioned)
	}
	for _, c := range jsonCases[snippetCase](t, "corpus/snippets.jsonl") {
		var mentioned []string
		for _, x := range c.Expected {
			_, name, _ := strings.Cut(x, ":")
			mentioned = append(mentioned, name)
		}
		count(c.ID, c.Text, mentioned)
	}
	t.Logf("prose: %d of %d words reported", taken, words)
	if words < 500 || ratio(taken, words) > most {
		t.Errorf("%d of %d words of prose are taken for packages", taken, words)
	}
}
