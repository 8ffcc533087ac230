package all

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
)

// What the installers themselves make of a constraint is the oracle: npm's own
// semver package, and the packaging library inside pip. A constraint that the
// tool reads is judged like the tool does, or said to be not judged.

// reader reads constraints of an ecosystem.
func reader(e ecosystem.Ecosystem) *ecosystem.Versions { return adapter.Find(Adapters(), e).Versions }

// A ruling is what the tool says of one constraint.
type ruling struct {
	Text  string `json:"text"`
	Valid bool   `json:"valid"`
	// Yes are the versions of the list that satisfy it, pre-releases as the tool
	// takes them by itself; Wide those with every pre-release admitted.
	Yes  []string `json:"yes"`
	Wide []string `json:"wide"`
}

var npmOracleList = strings.Fields(`0.0.0 0.0.1 0.0.2 0.1.0 0.1.1 0.2.0 0.2.3 0.9.9 1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta.2 1.0.0-rc.1
	1.0.0 1.0.1 1.2.0 1.2.3-beta 1.2.3 1.2.4 1.2.10 1.3.0 1.10.0 2.0.0-0 2.0.0-rc.1 2.0.0 2.1.4 2.4.0 3.0.0 9.9.9 10.0.0 11.12.13 20.1.0
	1.2.3+build 2024.1.15 9007199254740991.0.0`)

var pypiOracleList = strings.Fields(`0 0.0.1 0.1 0.1.1 0.2.3 0.9 1.0.dev1 1.0a1 1.0b2 1.0rc1 1.0 1.0.post1 1.0.1 1.0+cpu 1.0.0.0 1.2 1.2.3 1.2.4
	1.2.10 1.3 1.5 1.10 2.0a1 2.0.dev3 2.0 2.0.1 2.1 2.4.1.post2 3.0rc2 3.0 9.9 10.0 2024.1.15 1!0.5 1!1.0 1!2.0`)

const npmOracle = `
const semver = require(process.argv[1]);
const {texts, list} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const o = {loose: true}, p = {loose: true, includePrerelease: true};
console.log(JSON.stringify(texts.map(text => ({
	text, valid: semver.validRange(text, o) !== null,
	yes: list.filter(v => semver.satisfies(v, text, o)),
	wide: list.filter(v => semver.satisfies(v, text, p)),
}))));`

const pypiOracle = `
import json, sys
from pip._vendor.packaging.specifiers import Specifier, InvalidSpecifier
from pip._vendor.packaging.version import Version
q = json.load(sys.stdin)
out = []
for text in q["texts"]:
    try:
        parts = [Specifier(p) for p in text.split(",") if p.strip()]
    except InvalidSpecifier:
        out.append({"text": text, "valid": False, "yes": [], "wide": []})
        continue
    wide = [v for v in q["list"] if all(s.contains(v, prereleases=True) for s in parts)]
    narrow = [v for v in wide if not Version(v).is_prerelease or any(s.prereleases for s in parts)]
    out.append({"text": text, "valid": True, "yes": narrow or wide, "wide": wide})
json.dump(out, sys.stdout)`

// ask puts all constraints to one process of the tool.
func askOracle(t *testing.T, texts, list []string, name string, args ...string) []ruling {
	t.Helper()
	in, err := json.Marshal(map[string]any{"texts": texts, "list": list})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = bytes.NewReader(in)
	var out, text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &text
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, text.String())
	}
	var rulings []ruling
	if err := json.Unmarshal(out.Bytes(), &rulings); err != nil || len(rulings) != len(texts) {
		t.Fatalf("%s: %d rulings, %v", name, len(rulings), err)
	}
	return rulings
}

// compare says what is wrong with figment's reading of a constraint; empty:
// nothing.
func (r *ruling) compare(e ecosystem.Ecosystem, list []string) string {
	match, ok := reader(e).Read(r.Text)
	switch {
	case !ok && r.Valid && !reader(e).NotJudged(r.Text):
		return "the tool reads it; here it is neither read nor said to be not judged"
	case !ok:
		return ""
	}
	in := func(l []string, v string) bool {
		for _, x := range l {
			if x == v {
				return true
			}
		}
		return false
	}
	for _, v := range list {
		yes, known := match(v)
		switch {
		case !known: // not judged
		case yes && !r.Valid:
			return v + " satisfies it here; the tool cannot read it"
		case yes && !in(r.Wide, v):
			return v + " satisfies it only here"
		case !yes && in(r.Yes, v):
			return v + " satisfies it only for the tool"
		}
	}
	return ""
}

// generate makes constraints as people and tools write them, and near misses.
func generate(e ecosystem.Ecosystem, n int) []string {
	r := rand.New(rand.NewPCG(20261130, uint64(len(e))))
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	number := func() string { return pick("0", "0", "1", "1", "1", "2", "2", "3", "9", "10", "01", "20", "2024") }
	npmVersion := func() string {
		v := number()
		for range r.IntN(4) {
			v += "." + pick(number(), number(), number(), number(), "x", "X", "*")
		}
		return pick("", "", "", "", "v", "=", "= ", " ") + v + pick("", "", "", "", "", "-alpha", "-beta.2", "-rc.1", "-0", "beta", "+build", "-alpha+b.1", "-x", "-01", ".beta")
	}
	pypiVersion := func() string {
		v := pick("", "", "", "", "", "1!", "v") + number()
		for range r.IntN(4) {
			v += "." + number()
		}
		end := pick("", "", "", "", "", "", "a1", "rc1", ".dev1", ".post1", "b2", "+cpu", ".*", ".*", "-1", "-beta", ".rc.1", ".x", "*")
		if strings.HasSuffix(end, "*") {
			v = strings.TrimPrefix(v, "v") // packaging 21 reads it and matches nothing
		}
		return v + end
	}
	var out []string
	for len(out) < n {
		var b strings.Builder
		if e == ecosystem.NPM {
			for i := range 1 + r.IntN(3)*r.IntN(2) {
				if i > 0 {
					b.WriteString(pick(" ", " ", " || ", "||", ", ", "  "))
				}
				switch r.IntN(8) {
				case 0:
					b.WriteString(npmVersion() + pick(" - ", " - ", "-", " -") + npmVersion())
				case 1:
					b.WriteString(pick("*", "x", "", "latest", "X", "beta", "~", "^", ">", "1.2.3.4", "a||b", "<0"))
				default:
					b.WriteString(pick("", "", "^", "^", "~", "~>", ">=", "<", "<=", ">", "=", "^ ", "~ ", ">= ", "< ", "!=", "==", "=>", "^v", "~=") + npmVersion())
				}
			}
		} else {
			for i := range 1 + r.IntN(3) {
				if i > 0 {
					b.WriteString(pick(",", ", ", " , ", ",,"))
				}
				b.WriteString(pick("==", "==", "==", "===", ">=", "<=", "<", ">", "!=", "~=", "== ", ">= ", "=>", "<>") + pypiVersion() + pick("", "", "", " "))
			}
		}
		out = append(out, b.String())
	}
	return out
}

// TestDifferentialConstraints compares with the tools themselves.
func TestDifferentialConstraints(t *testing.T) {
	if os.Getenv("FIGMENT_NIGHTLY") != "1" {
		t.Skip("FIGMENT_NIGHTLY=1 compares 4,000 generated constraints with npm's semver and pip's packaging")
	}
	for _, c := range []struct {
		eco  ecosystem.Ecosystem
		list []string
		ask  func(texts []string, list []string) []ruling
	}{
		{ecosystem.NPM, npmOracleList, func(texts, list []string) []ruling {
			return askOracle(t, texts, list, "node", "-e", npmOracle, npmSemver(t))
		}},
		{ecosystem.PyPI, pypiOracleList, func(texts, list []string) []ruling { return askOracle(t, texts, list, "python3", "-c", pypiOracle) }},
	} {
		t.Run(string(c.eco), func(t *testing.T) {
			texts := generate(c.eco, 2000)
			valid, read, bad := 0, 0, 0
			for _, r := range c.ask(texts, c.list) {
				if r.Valid {
					valid++
					if _, ok := reader(c.eco).Read(r.Text); ok {
						read++
					}
				}
				if why := r.compare(c.eco, c.list); why != "" {
					if bad++; bad <= 60 {
						t.Errorf("%q: %s", r.Text, why)
					}
				}
			}
			t.Logf("%d of %d constraints are valid, %d of those are read, %d differ", valid, len(texts), read, bad)
		})
	}
}

// TestConstraintVectors holds what the comparison found, as the tools decide it:
// versions that satisfy, versions that do not, and texts that the tool refuses.
func TestConstraintVectors(t *testing.T) {
	for _, c := range []struct {
		eco     ecosystem.Ecosystem
		text    string
		yes, no string
		refused bool
	}{
		{ecosystem.NPM, "<1", "0.9.9", "1.0.0-alpha 1.0.0", false},
		{ecosystem.NPM, "<2 || >3", "1.0.0 4.0.0", "2.0.0-0 2.0.0", false},
		{ecosystem.NPM, "3 - 20.x", "3.0.0 20.1.0", "21.0.0-0 21.0.0 2.9.9", false},
		{ecosystem.NPM, "1.0 - 2.0.1", "2.0.1", "2.0.2", false},
		{ecosystem.NPM, "1 - *", "99.0.0", "0.9.9", false},
		{ecosystem.NPM, "1.x-beta", "", "1.0.0", true},
		{ecosystem.NPM, "=1.x.1", "", "1.0.1", true},
		{ecosystem.NPM, ">= 3.X-alpha+b.1", "", "3.0.0", true},
		{ecosystem.NPM, "1.0-rc.1 - 3.2-alpha", "", "2.0.0", true},
		{ecosystem.NPM, "< = 1.2024", "", "0.0.0", true},
		{ecosystem.NPM, "1.2.3.4", "", "1.2.3", true},
		{ecosystem.PyPI, "!=0", "0.1", "0 0.0", false},
		{ecosystem.PyPI, "!=1", "1.0.post1 2.0", "1.0 1.0+cpu", false},
		{ecosystem.PyPI, "!=1.0+cpu", "1.0 1.0+other", "1.0+cpu", false},
		{ecosystem.PyPI, ">=0.1a1,<2", "1.9", "2.0a1 2.0", false},
		{ecosystem.PyPI, ">=1.*", "", "1.0", true},
		{ecosystem.PyPI, "~=1.*", "", "1.0", true},
		{ecosystem.PyPI, "~=1", "", "1.0", true},
		{ecosystem.PyPI, "<2+cpu", "", "1.0", true},
		{ecosystem.PyPI, "=>1.0", "", "1.0", true},
		{ecosystem.PyPI, "==1.0.x", "", "1.0", true},
	} {
		con, ok := reader(c.eco).Read(c.text)
		if ok == c.refused {
			t.Errorf("%s %q: read %v", c.eco, c.text, ok)
			continue
		}
		if !ok {
			if !reader(c.eco).NotJudged(c.text) {
				t.Errorf("%s %q: not said to be not judged", c.eco, c.text)
			}
			continue
		}
		for _, v := range strings.Fields(c.yes) {
			if yes, known := con(v); !yes || !known {
				t.Errorf("%s %q does not take %s", c.eco, c.text, v)
			}
		}
		for _, v := range strings.Fields(c.no) {
			if yes, _ := con(v); yes {
				t.Errorf("%s %q takes %s", c.eco, c.text, v)
			}
		}
	}
	// An epoch outweighs all numbers: what the parser cannot compare it does not judge.
	if con, ok := reader(ecosystem.PyPI).Read(">1.0"); !ok {
		t.Error("not read")
	} else if yes, known := con("1!0.5"); yes || known {
		t.Error("an epoch was compared")
	}
}

// npmSemver finds the semver package that npm brings.
func npmSemver(t *testing.T) string {
	t.Helper()
	exe, err := exec.LookPath("npm")
	if err == nil {
		exe, err = filepath.EvalSymlinks(exe)
	}
	for _, dir := range []string{filepath.Join(filepath.Dir(exe), "..", "node_modules", "semver"), "/usr/share/nodejs/semver"} {
		if _, e := os.Stat(filepath.Join(dir, "package.json")); err == nil && e == nil {
			return dir
		}
	}
	t.Skip("npm is not here")
	return ""
}
