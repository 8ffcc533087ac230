package npm

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"

	"figment/scanner/text"
)

// npmProbe reads [name, spec] a line and answers with what npm makes of it.
const npmProbe = `
const npa = require(process.argv[1]);
const out = [];
for (const line of require("fs").readFileSync(0, "utf8").split("\n")) {
  if (!line) continue;
  const [name, spec] = JSON.parse(line);
  try {
    const r = npa.resolve(name, spec, "/work");
    out.push({ok: true, registry: !!r.registry, name: r.subSpec ? r.subSpec.name : r.name, type: r.type});
  } catch (e) { out.push({ok: false, type: String(e.message).slice(0, 80)}); }
}
console.log(JSON.stringify(out));
`

type npmAnswer struct {
	OK, Registry bool
	Name, Type   string
}

// npmOracle asks npm's own reader of specs, in one process.
func npmOracle(t *testing.T, specs [][2]string) []npmAnswer {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed: specs were not compared with npm")
	}
	module := ""
	dirs := []string{"/usr/lib/node_modules/npm/node_modules", "/usr/local/lib/node_modules/npm/node_modules", "/usr/share/nodejs"}
	if real, err := filepath.EvalSymlinks(node); err == nil {
		dirs = append(dirs, filepath.Join(filepath.Dir(filepath.Dir(real)), "lib/node_modules/npm/node_modules"))
	}
	for _, d := range dirs {
		if _, err := os.Stat(filepath.Join(d, "npm-package-arg")); err == nil {
			module = filepath.Join(d, "npm-package-arg")
			break
		}
	}
	if module == "" {
		t.Skip("npm is not installed: specs were not compared with it")
	}
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, s := range specs {
		if err := enc.Encode(s); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(node, "-e", npmProbe, module)
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("npm's reader: %v\n%s", err, stderr.Bytes())
	}
	var answers []npmAnswer
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	if len(answers) != len(specs) {
		t.Fatalf("%d answers to %d specs", len(answers), len(specs))
	}
	return answers
}

// A generator makes specs of npm.
type generator struct{ extracttest.Generator }

func (g generator) npmName() string {
	return g.Pick("lodash", "@s/x", "left-pad", "a", "7zip-bin", "JSONStream", "x.y", "socket.io", "@types/node", "_x")
}

func (g generator) npmRange() string {
	return g.Pick("^1.0.0", "~2", "1.x", "*", "", "latest", "next", ">=1 <2", "1 || 2", "=1.2.3", "v1.2.3", "1.0.0-rc.1+x", "1.2.3 - 2", "  ^1 ", "x", "beta-1", "7", "1.0")
}

func (g generator) npmSpec() string {
	repo := g.Pick("u/r", "u/r#v1", "u/r#semver:^1", "a/b/c", "u/r.git", "u", "@s/x", "u/", "./u/r", "u/r#a/b", "u /r")
	file := g.Pick("x", "../x", "./x", "x.tgz", "x/y.tar.gz", "/abs", "~/h", ".", "C:/x", "c:x", `.\x`, "x.TAR", "//h/x")
	host := g.Pick("github.com", "gitlab.com", "bitbucket.org", "gist.github.com", "h.example", "h.example:2222", "www.github.com")
	switch g.IntN(9) {
	case 0:
		return g.Pick("npm:", "NPM:", "npm: ") + g.npmName() + g.Maybe(2, "@") + g.npmRange()
	case 1:
		return "npm:" + g.npmRange()
	case 2:
		return g.Pick("file:", "FILE:", "", "", "file://", "file:///") + file
	case 3:
		return g.Pick("github:", "gitlab:", "bitbucket:", "gist:", "GitHub:", "", "") + repo
	case 4:
		return g.Pick("git+ssh://git@", "git+https://", "git://", "https://", "http://", "ssh://git@", "git@", "user@", "git+file:///", "HTTPS://", "git+http://u:p@", "ftp://", "svn+ssh://") + host + g.Pick("/", ":", ":") + g.Pick("u/r.git", "u/r", "u/r/archive/x.tgz", "u/r/tarball/v1", "r.git", "u/r.git#v1", "x.tgz")
	case 5:
		return g.Pick("x:y", "ab:c", "a+b:c", "1:2", "git+x:y", "x@y", "x@y:z", "a b", "<2", "$x", "%41", "x/y@1", "foo.tgz@1")
	}
	return g.npmRange()
}

// TestDifferentialNpm reads three thousand generated specs here and with npm's
// own reader: the same ones lead to the registry, under the same name.
func TestDifferentialNpm(t *testing.T) {
	extracttest.Nightly(t)
	var specs [][2]string
	for _, seed := range []uint64{1, 2, 20261130} {
		g := generator{extracttest.Generator{Rand: rand.New(rand.NewPCG(seed, 11))}}
		for range 2000 {
			specs = append(specs, [2]string{g.npmName(), g.npmSpec()})
		}
	}
	answers := npmOracle(t, specs)
	refused, failures, seen := 0, 0, map[string]bool{}
	for i, a := range answers {
		name, spec := specs[i][0], specs[i][1]
		if !a.OK {
			refused++
			continue // npm stops there
		}
		if seen[spec+"\n"+name] {
			continue
		}
		seen[spec+"\n"+name] = true
		src, _ := json.Marshal(spec)
		found, asked := false, 0
		for _, r := range npmRequirement(text.Key{Name: name, Span: text.Span{}}, text.Value{Kind: 's', Text: spec, Span: text.Span{Start: 1, End: len(src) - 1}}) {
			if r.From == FromRegistry {
				asked++
				found = found || r.Name == a.Name
			}
		}
		if a.Type == "alias" && strings.ContainsAny(a.Name, "~*") {
			continue // "npm:*" is a range to others, and nobody can register such a name today
		}
		if a.Registry && !found || !a.Registry && asked > 0 {
			if failures++; failures < 40 {
				t.Errorf("%q: %q: asked %d times, npm %+v", name, spec, asked, a)
			}
		}
	}
	t.Logf("%d specs, %d of them different, %d refused by npm; %d differ", len(specs), len(seen), refused, failures)
	if kinds := strings.Fields("version range tag alias git remote file directory"); failures == 0 {
		for _, k := range kinds {
			n := 0
			for _, a := range answers {
				if a.OK && a.Type == k {
					n++
				}
			}
			if n < 20 {
				t.Errorf("only %d specs are of the kind %s", n, k)
			}
		}
	}
}
