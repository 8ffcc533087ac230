package npm

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"

	"figment/scanner/source"
)

// TestPackageLockEdges: npm asks for what an entry depends on and no entry
// stands for.
func TestPackageLockEdges(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"packages":{"node_modules/a":{"version":"1","dependencies":{"b":"^2"}}}}`, "a b@^2"},
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"^2"},"version":"1"},"node_modules/b":{"version":"2"}}}`, "a b"},
		{`{"packages":{"node_modules/a":{"optionalDependencies":{"b":"^2"}}}}`, "a b@^2[optional]"},
		{`{"packages":{"node_modules/a":{"peerDependencies":{"b":"^2","c":"1"},"peerDependenciesMeta":{"b":{"optional":true},"c":{"optional":false}}}}}`, "a b@^2[optional]<peer> c@1<peer>"},
		{`{"packages":{"node_modules/a":{"devDependencies":{"b":"^2"},"engines":{"c":"1"},"bin":{"d":"d.js"}}}}`, "a"},
		{`{"packages":{"node_modules/a":{"dev":true,"dependencies":{"b":"^2"}}}}`, "a[dev] b@^2[dev]"},
		// Other sources than the registry, and aliases.
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"npm:@s/c@1","g":"u/r","f":"file:../f"}}}}`, "a @s/c@1 g(git) f(path)"},
		{`{"packages":{"node_modules/a":{"resolved":"https://npm.corp.example/a/-/a-1.tgz","dependencies":{"b":"1"}}}}`, "a(https://npm.corp.example) b@1(https://npm.corp.example)"},
		// In the archive of the entry.
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"1","c":"1"},"bundleDependencies":["b"]}}}`, "a b@1(bundle) c@1"},
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"1"},"bundleDependencies":true}}}`, "a b@1(bundle)"},
		// The manifests of the project and its members count, not what the lock file repeats.
		{`{"packages":{"":{"dependencies":{"b":"1"}},"w":{"dependencies":{"c":"1"}}}}`, ""},
		// What another package has below it does not resolve.
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"1"}},"node_modules/x/node_modules/b":{}}}`, "a b@1 b"},
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"1"}},"node_modules/a/node_modules/b":{}}}`, "a b"},
		{`{"packages":{"node_modules/@s/a/node_modules/x":{"dependencies":{"@s/b":"1"}},"node_modules/@s/a/node_modules/@s/b":{}}}`, "x @s/b"},
		{`{"packages":{"w/node_modules/a":{"dependencies":{"b":"1","c":"1"}},"w/node_modules/b":{},"v/node_modules/c":{}}}`, "a c@1 b c"},
		// A folder that is no entry, and a link that is one.
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"1"}},"node_modules/b/node_modules/c":{}}}`, "a b@1 c"},
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"1"}},"node_modules/b":{"resolved":"b","link":true}}}`, "a b(workspace)"},
		// Said twice.
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"1"}},"node_modules/c":{"dependencies":{"b":"1"}}}}`, "a b@1 c"},
		// Version 1, which nests.
		{`{"dependencies":{"a":{"version":"1","requires":{"b":"^2"}}}}`, "a b@^2"},
		{`{"dependencies":{"a":{"version":"1","requires":{"b":"^2"}},"b":{"version":"2"}}}`, "a b"},
		{`{"dependencies":{"a":{"version":"1","requires":{"b":"^2","c":"1"},"dependencies":{"b":{"version":"2","requires":{"c":"1","d":"3"}}}},"x":{"dependencies":{"d":{}}}}}`, "a c@1 b d@3 x d"},
		{`{"dependencies":{"a":{"version":"1","requires":true}}}`, "a"},
		// Version 2: what only an older npm asks for.
		{`{"packages":{"node_modules/a":{}},"dependencies":{"a":{"version":"1","requires":{"b":"1"}}}}`, "a b@1"},
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"1"}}},"dependencies":{"a":{"version":"1","requires":{"b":"1"}}}}`, "a b@1"},
		// Broken text.
		{`{"packages":{"node_modules/a":{"dependencies":{"b":"1"`, "a b@1"},
	} {
		file := &source.File{Path: "package-lock.json", Data: []byte(c.text)}
		refs, _ := File(file)
		extracttest.Check(t, file, refs)
		var got []string
		for _, r := range refs {
			s := r.Name
			if r.Constraint != "" && r.Span.End < len(c.text) && !strings.HasPrefix(c.text[r.Span.End:], `":{`) {
				s += "@" + r.Constraint
			}
			if names := (r.Flags &^ Low).Names(); len(names) > 0 {
				s += fmt.Sprint(names)
			}
			if r.From != FromRegistry {
				s += "(" + r.From.String() + ")"
			}
			if r.Index != "" {
				s += "(" + r.Index + ")"
			}
			if r.Scope != "" {
				s += "<" + r.Scope + ">"
			}
			if r.Kind != Lockfile {
				t.Errorf("%s: %s is a %s", c.text, r.Name, r.Kind)
			}
			got = append(got, s)
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, g, c.want)
		}
	}
}

// TestPackageLockEdgesLinear: neither many entries nor deep folders are slow.
func TestPackageLockEdgesLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	var many, deep, wide strings.Builder
	many.WriteString(`{"packages":{`)
	for i := range 100_000 {
		fmt.Fprintf(&many, `"node_modules/p%d":{"version":"1.0.0","dependencies":{"p%d":"1","p%d":"1","x%d":"1"}},`, i, i/2, i/3, i)
	}
	many.WriteString(`"":{}}}`)
	at := "node_modules/a" + strings.Repeat("/node_modules/a", 20_000)
	fmt.Fprintf(&deep, `{"packages":{"%s":{"dependencies":{"z":"1"`, at)
	for i := range 60_000 {
		fmt.Fprintf(&deep, `,"x%d":"1"`, i)
	}
	deep.WriteString(`}}}}`)
	wide.WriteString(`{"dependencies":{`)
	for i := range 900 / 2 { // as deep as values may nest
		fmt.Fprintf(&wide, `"a%d":{"requires":{"x":"1","y%d":"1"},"dependencies":{`, i, i)
	}
	for _, s := range []string{many.String(), deep.String(), wide.String()} {
		start := time.Now()
		refs, _ := File(&source.File{Path: "package-lock.json", Data: []byte(s)})
		t.Logf("%d bytes, %d references: %v", len(s), len(refs), time.Since(start))
	}
}
