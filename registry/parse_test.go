package registry

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/fixtures"
	"figment/registry/protocol"
)

func drivers() protocol.Drivers { return adapter.Drivers(all.Adapters()) }

// read reads constraints of an ecosystem.
func read(e ecosystem.Ecosystem) *ecosystem.Versions { return adapter.Find(all.Adapters(), e).Versions }

// cases are an inquiry for each document that the drivers read.
func cases(name string) []struct {
	in *protocol.Inquiry
	rq protocol.Request
} {

	var out []struct {
		in *protocol.Inquiry
		rq protocol.Request
	}
	for _, d := range drivers() {
		root := protocol.Root{Ecosystem: d.Ecosystem, URL: d.Official, Kind: protocol.Official}
		in := &protocol.Inquiry{Driver: d, Root: root, Query: protocol.Query{Package: ecosystem.Package{Ecosystem: d.Ecosystem, Name: name}, Constraint: "v1.0.0", Want: protocol.WantAdoption}}
		seen := map[protocol.Doc]bool{}
		for _, rq := range append(append(d.Plan(in), d.Second(in)...), d.Versions(in)) {
			if !seen[rq.Doc] {
				seen[rq.Doc] = true
				out = append(out, struct {
					in *protocol.Inquiry
					rq protocol.Request
				}{in, rq})
			}
		}
	}
	s := drivers().Find(ecosystem.NPM).Statistics
	d := s.Protocol
	root := protocol.Root{Ecosystem: d.Ecosystem, URL: d.Official}
	out = append(out, struct {
		in *protocol.Inquiry
		rq protocol.Request
	}{&protocol.Inquiry{Driver: d, Root: root, Query: protocol.Query{Package: ecosystem.Package{Name: name}}}, s.Request(root, []string{name})})
	return out
}

// FuzzParse feeds every document's parser: no panic, nothing invented, and an
// answer about the package only when it names it.
func FuzzParse(f *testing.F) {
	for _, e := range []string{"npm", "pypi", "golang"} {
		for _, x := range txtar.Parse(fixtures.Read("registry/" + e + ".txtar")).Files {
			_, body, _ := strings.Cut(string(x.Data), "\n\n")
			f.Add([]byte(body), "widget", true)
			f.Add([]byte(body), "widget", false)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, name string, web bool) {
		for _, c := range cases(name) {
			h := http.Header{}
			if web {
				h.Set("Content-Type", "text/html")
			}
			r := c.in.Driver.Parse(c.in, c.rq, &protocol.Response{Header: h, Body: strings.NewReader(string(body))})
			if r.Status == protocol.Absent || r.Status == protocol.Blocked || r.Status > protocol.Blocked {
				t.Fatalf("%s: a body made it %v", c.rq.Doc, r.Status)
			}
			if r.Status == protocol.Unknown && !r.Open && r.Reason == "" {
				t.Fatalf("%s: unknown without a reason", c.rq.Doc)
			}
			if len(r.Versions) > len(body)+1 || len(r.Deprecated) > 600 || len(r.Repository) > 300 || len(r.Maintainers) > 100 {
				t.Fatalf("%s: more than was said: %+v", c.rq.Doc, r)
			}
			if r.Status != protocol.Present {
				continue
			}
			if c.rq.Doc == protocol.DocDownloads {
				if len(r.Counts) > drivers().Find(ecosystem.NPM).Statistics.Together || slices.ContainsFunc(slices.Collect(maps.Values(r.Counts)), func(n int64) bool { return n < 0 }) {
					t.Fatalf("counts %v", r.Counts)
				}
				continue
			}
			if len(r.Retracted) > 1000 || len(r.Organization) > 100 {
				t.Fatalf("%s: more than was said: %+v", c.rq.Doc, r)
			}
			if c.rq.Doc != protocol.DocVersion && c.rq.Doc != "mod" && len(r.Versions) == 0 && r.Latest == "" {
				t.Fatalf("%s: present without a version: %q", c.rq.Doc, body)
			}
			data, err := json.Marshal(r)
			if err != nil {
				continue // a year beyond 9999 is not stored
			}
			var back protocol.Reading
			if err := json.Unmarshal(data, &back); err != nil {
				t.Fatalf("%s: %v", c.rq.Doc, err)
			}
			c.in.Read = []protocol.Reading{r}
			if rec := conclude(c.in, read(c.in.Query.Package.Ecosystem)); rec.Status == protocol.Absent {
				t.Fatalf("%s: concluded absent", c.rq.Doc)
			}
			c.in.Read = nil
		}
	})
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte("<p>Policies <b>violated</b></p>"))
	f.Add([]byte("see our privacy policy"))
	f.Fuzz(func(_ *testing.T, b []byte) { policy(b) })
}

func FuzzConstraint(f *testing.F) {
	for _, s := range []string{"^1.2.3", ">=1,<2", "~=2.0", "==1.*", "1.x || 2", "v1.2.3", "latest", "^0.0", "~1", "(>=1)", "===x", "!=1", "1 - 2"} {
		f.Add(s, "1.2.3")
	}
	f.Add("====1", "1")
	f.Fuzz(func(t *testing.T, text, v string) {
		for _, e := range []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang} {
			vs := read(e)
			s := satisfy(vs, text, []protocol.Version{{V: v}}, nil)
			if x := vs.One(text); x != "" && x == v && s == protocol.VersionAbsent {
				t.Fatalf("%s %q is absent from a list of itself", e, text)
			}
		}
	})
}

func TestConstraints(t *testing.T) {
	for _, c := range []struct {
		e    ecosystem.Ecosystem
		text string
		list string // "-1.0" is yanked
		want protocol.VersionStatus
	}{
		{ecosystem.NPM, "^1.2.3", "1.2.4", protocol.VersionPresent},
		{ecosystem.NPM, "^1.2.3", "1.2.2 2.0.0", protocol.VersionAbsent},
		{ecosystem.NPM, "^1.2.3", "1.3.0-beta.1", protocol.VersionPresent}, // pre-releases count
		{ecosystem.NPM, "=1.2.3", "1.2.3", protocol.VersionPresent},
		{ecosystem.NPM, "v1.2.3", "1.2.3", protocol.VersionPresent},
		{ecosystem.NPM, "1.2.3", "1.2.4", protocol.VersionAbsent},
		{ecosystem.NPM, ">=17 <19 || 20.x", "20.1.0", protocol.VersionPresent},
		{ecosystem.NPM, "1.0 - 2.0", "1.4.5", protocol.VersionPresent},
		{ecosystem.NPM, "x", "5.0.0", protocol.VersionPresent},
		{ecosystem.NPM, "", "5.0.0", protocol.VersionPresent},
		{ecosystem.NPM, "beta", "5.0.0", protocol.VersionUnknown},
		{ecosystem.NPM, "npm:x@1", "5.0.0", protocol.VersionUnknown},
		{ecosystem.NPM, "^9.0.0", "1.0.0 not-a-version", protocol.VersionUnknown}, // nobody knows what that is
		{ecosystem.NPM, "^9.0.0", "", protocol.VersionAbsent},
		{ecosystem.PyPI, "==1.0", "1.0.0", protocol.VersionPresent},
		{ecosystem.PyPI, "==1.0", "1.0+cpu", protocol.VersionPresent},
		{ecosystem.PyPI, "==1.0+cpu", "1.0", protocol.VersionAbsent},
		{ecosystem.PyPI, "==1.0", "1.0.post1", protocol.VersionAbsent},
		{ecosystem.PyPI, "1.0", "1.0 1.1", protocol.VersionPresent},
		{ecosystem.PyPI, "==1.*", "1.5rc1", protocol.VersionPresent},
		{ecosystem.PyPI, ">=1.0,<2", "0.9 2.0", protocol.VersionAbsent},
		{ecosystem.PyPI, ">= 1.0 , != 1.5", "1.5 1.6", protocol.VersionPresent},
		{ecosystem.PyPI, "(>=1.0)", "1.0", protocol.VersionPresent},
		{ecosystem.PyPI, "===1.0.x", "1.0.x", protocol.VersionPresent},
		{ecosystem.PyPI, "===1.0", "1.0.0", protocol.VersionAbsent},
		{ecosystem.PyPI, "~=2.31", "2.32.1", protocol.VersionPresent},
		{ecosystem.PyPI, "~=2.31", "3.0", protocol.VersionAbsent},
		{ecosystem.PyPI, "==1!2.0", "2.0 1!2.0", protocol.VersionPresent},
		{ecosystem.PyPI, "==1.5", "-1.5 1.6", protocol.VersionYanked},
		{ecosystem.PyPI, ">=1.5", "-1.5 1.6", protocol.VersionPresent},
		{ecosystem.PyPI, "<1.6", "-1.5 1.6", protocol.VersionYanked},
		{ecosystem.PyPI, "^1.2.3", "1.9", protocol.VersionPresent}, // Poetry's
		{ecosystem.PyPI, "^1.2.3", "2.0", protocol.VersionAbsent},
		{ecosystem.PyPI, "^0.2.3", "0.3.0", protocol.VersionAbsent},
		{ecosystem.PyPI, "^0.2.3", "0.2.9", protocol.VersionPresent},
		{ecosystem.PyPI, "^0.0", "0.0.9", protocol.VersionPresent},
		{ecosystem.PyPI, "~1.2", "1.2.7", protocol.VersionPresent},
		{ecosystem.PyPI, "~1.2", "1.3", protocol.VersionAbsent},
		{ecosystem.PyPI, "~1", "1.9", protocol.VersionPresent},
		{ecosystem.PyPI, "*", "0.1a1", protocol.VersionPresent},
		{ecosystem.PyPI, "<1.0 || >=3", "3.1", protocol.VersionPresent},
		{ecosystem.PyPI, "", "3.1", protocol.VersionPresent},
		{ecosystem.PyPI, "${VERSION}", "1.0", protocol.VersionUnknown},
		{ecosystem.PyPI, "==9", "1.0 2004d", protocol.VersionUnknown},
		{ecosystem.Golang, "v1.2.3", "v1.2.3", protocol.VersionPresent},
		{ecosystem.Golang, "v1.2.3", "v1.2.4", protocol.VersionAbsent},
		{ecosystem.Golang, "latest", "v1.2.4", protocol.VersionUnknown},
		{ecosystem.Golang, "v1.2", "v1.2.4", protocol.VersionPresent},
		{ecosystem.Golang, "v1.2", "v1.20.4 v1.3.0", protocol.VersionAbsent},
		{ecosystem.Golang, "v1", "v1.20.4", protocol.VersionPresent},
		{ecosystem.Golang, "v01", "v1.20.4", protocol.VersionUnknown},
		{ecosystem.Golang, "<v1.2.3", "v1.2.3-rc.1", protocol.VersionPresent},
		{ecosystem.Golang, "<v1.2", "v1.2.0", protocol.VersionAbsent},
		{ecosystem.Golang, ">=v1.2", "v1.2.0", protocol.VersionPresent},
		{ecosystem.Golang, "<=v1.2", "v1.2.0", protocol.VersionUnknown}, // ambiguous, says go
		{ecosystem.Golang, ">v1.2.0", "v1.2.0", protocol.VersionAbsent},
		{ecosystem.Golang, "master", "v1.2.4", protocol.VersionUnknown},
		{ecosystem.Golang, "v2.0.0+incompatible", "v2.0.0+incompatible", protocol.VersionPresent},
	} {
		var list []protocol.Version
		for _, v := range strings.Fields(c.list) {
			v, yanked := strings.CutPrefix(v, "-")
			list = append(list, protocol.Version{V: v, Yanked: yanked})
		}
		if got := satisfy(read(c.e), c.text, list, map[string]string{"next": "9.9.9"}); got != c.want {
			t.Errorf("%s %q of %s: %v, want %v", c.e, c.text, c.list, got, c.want)
		}
	}
}

func TestExact(t *testing.T) {
	for _, c := range []struct {
		e          ecosystem.Ecosystem
		text, want string
	}{
		{ecosystem.NPM, "1.2.3", "1.2.3"}, {ecosystem.NPM, "=v1.2.3-beta.1", "1.2.3-beta.1"}, {ecosystem.NPM, "1.2", ""}, {ecosystem.NPM, "1.2.x", ""}, {ecosystem.NPM, "^1.2.3", ""},
		{ecosystem.PyPI, "==1.2", "1.2"}, {ecosystem.PyPI, "1.2", "1.2"}, {ecosystem.PyPI, "==1!2.0", "1!2.0"}, {ecosystem.PyPI, "==1.*", ""}, {ecosystem.PyPI, ">=1.2", ""}, {ecosystem.PyPI, "==1,==2", ""}, {ecosystem.PyPI, "===odd.one", "odd.one"},
		{ecosystem.Golang, "v1.2.3", "v1.2.3"}, {ecosystem.Golang, "v1", ""}, {ecosystem.Golang, "1.2.3", ""}, {ecosystem.Golang, "v0.0.0-20240101000000-abcdefabcdef", "v0.0.0-20240101000000-abcdefabcdef"},
	} {
		if got := read(c.e).One(c.text); got != c.want {
			t.Errorf("exact %s %q: %q, want %q", c.e, c.text, got, c.want)
		}
	}
	if got := protocol.Ascending(ecosystem.NPM, []protocol.Version{{V: "1.10.0"}, {V: "odd"}, {V: "1.9.0"}, {V: "2.0.0-rc"}}); !slices.Equal(got, []string{"odd", "1.9.0", "1.10.0", "2.0.0-rc"}) {
		t.Errorf("sorted: %v", got)
	}
}

func TestPolicy(t *testing.T) {
	for text, want := range map[string]bool{
		"Policies violated":                            true,
		"<b>This package</b> is <i>quarantined</i>":    true,
		"Blocked by Xray":                              true,
		"request denied by policy 7":                   true,
		"the repository firewall says no":              true,
		"Not found. <a href='/p'>Privacy policy</a>":   false,
		"see the policy of our confidential residents": false,
		"<!-- blocked policy -->":                      false,
		"":                                             false,
		"Not Found":                                    false,
		"policy" + strings.Repeat(" ", 60) + "denied":  false,
	} {
		if got := policy([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestStatuses: every status code has a meaning, and only two of them may lead
// to an absence.
func TestStatuses(t *testing.T) {
	for code := 100; code < 1000; code++ {
		r := interpret(protocol.Request{Doc: protocol.DocLatest}, code, nil)
		switch {
		case r.Status == protocol.Present:
			t.Errorf("%d is present without a body", code)
		case (r.Status == protocol.Absent) != (code == 404 || code == 410):
			t.Errorf("%d is %v", code, r.Status)
		case r.Reason == "":
			t.Errorf("%d has no reason", code)
		case r.Status == protocol.Unknown && r.Detail == "":
			t.Errorf("%d has no words", code)
		}
	}
}

// TestNotJudged: a constraint that cannot be read is not judged, unless it is
// the name of a tag or branch, or a property.
func TestNotJudged(t *testing.T) {
	for e, texts := range map[ecosystem.Ecosystem]map[string]bool{
		ecosystem.NPM: {
			"1.2.3.4": true, "^1.2.3.4": true, "v1.2.3.4": true, "V1.2.3.4": true, ">=1.x.y.z": true, "1.2.3_4": true, "=1.2.3.4": true, "1,2": true, ">> 1": true,
			"latest": false, "next": false, "cjs": false, "release-2.x": false, "beta.1": false, "${VERSION}": false, "<version>": false, "{{ version }}": false,
		},
		ecosystem.PyPI: {
			"==1.0.x": true, "=1.0": true, "1.0.final": true, "latest": true, ">=": true, "==1.0;": true, "^x": true,
			"==${VERSION}": false, "==%(version)s": false, "=={{ v }}": false, "<version>": false,
		},
		ecosystem.Golang: {
			"v1.2.3.4": true, "v1.2.x": true, "v01": true, "<=v1": true, "<1.2.3": true,
			"latest": false, "upgrade": false, "master": false, "release/v1": false, "1a2b3c4": false, "v": false, "version2": false, "${TAG}": false,
		},
		ecosystem.Cargo: {"1.0": true, "${x}": false},
	} {
		for text, want := range texts {
			_, ok := read(e).Read(text)
			if got := read(e).NotJudged(text); !ok && got != want {
				t.Errorf("%s %q: not judged %v", e, text, got)
			} else if ok && want {
				t.Errorf("%s %q is read", e, text)
			}
		}
	}
}

func TestURLs(t *testing.T) {
	for _, c := range []struct {
		e         ecosystem.Ecosystem
		root      string
		name      string
		want, and string // first and second look
	}{
		{ecosystem.NPM, "http://h:8080/a/b", "x", "http://h:8080/a/b/x/latest", "http://h:8080/a/b/x"},
		{ecosystem.NPM, "https://h", "@s/x", "https://h/@s%2fx/latest", "https://h/@s%2fx"},
		{ecosystem.NPM, "https://h", "we?ird#na%me", "https://h/we%3Fird%23na%25me/latest", "https://h/we%3Fird%23na%25me"},
		{ecosystem.PyPI, "https://h/root/simple", "My_Lib", "https://h/root/simple/my-lib/", "https://h/root/pypi/my-lib/json"},
		{ecosystem.PyPI, "https://h/index", "x", "https://h/index/x/", "https://h/index/x/"},
		{ecosystem.Golang, "https://h/go", "github.com/BurntSushi/toml", "https://h/go/github.com/!burnt!sushi/toml/@v/list", "https://h/go/github.com/!burnt!sushi/toml/@v/list"},
	} {
		d := drivers().Find(c.e)
		in := &protocol.Inquiry{Driver: d, Root: protocol.Root{Ecosystem: c.e, URL: c.root, Kind: protocol.Official}, Query: protocol.Query{Package: ecosystem.Package{Ecosystem: c.e, Name: c.name}}}
		first, _ := d.Next(in)
		second := d.Second(in)
		if first.URL != c.want || second[0].URL != c.and || !second[0].Fresh {
			t.Errorf("%s: %s, then %s", c.name, first.URL, second[0].URL)
		}
	}
}

// TestTable keeps the rows complete.
func TestTable(t *testing.T) {
	for _, d := range drivers() {
		if d.Official == "" || strings.HasSuffix(d.Official, "/") || len(d.Canaries) < 2 || d.PerHost < 1 || d.Next == nil || d.Second == nil || d.Versions == nil || d.Parse == nil || d.Plan == nil {
			t.Errorf("%s: the row is not complete", d.Ecosystem)
		}
		if !drivers().Supported(d.Ecosystem) || drivers().OfficialRoot(d.Ecosystem) != d.Official {
			t.Errorf("%s: not found by its ecosystem", d.Ecosystem)
		}
		statuses := string(fixtures.Read("registry/" + string(d.Ecosystem) + ".txtar"))
		for _, line := range []string{"200 OK", "404 Not Found", "410 Gone", "403 Forbidden", "429 Too", "HTTP/1.1 5", "451 Un"} {
			if !strings.Contains(statuses, line) {
				t.Errorf("%s: its fixtures have no %q", d.Ecosystem, line)
			}
		}
	}
	if drivers().Supported(ecosystem.Conda) || drivers().Canaries(ecosystem.Conda) != nil || drivers().OfficialRoot(ecosystem.Conda) != "" {
		t.Error("an ecosystem without a row is not supported")
	}
}
