package javascript_test

import (
	"fmt"
	"strings"
	"testing"

	"figment/scanner/source"
)

// TestJavaScriptLimits: what a limit drops is told, in loops, products and chains.
func TestJavaScriptLimits(t *testing.T) {
	list := func(n int, each string) string {
		var b strings.Builder
		for k := range n {
			fmt.Fprintf(&b, each+",", k)
		}
		return b.String()
	}
	chain := "const v0 = 'npm i zzz';"
	for k := 1; k < 100; k++ {
		chain += fmt.Sprintf("const v%d = v%d;", k, k-1)
	}
	for _, c := range []struct {
		name, text string
		want       int // names that are read
		told       bool
	}{
		{"loop", "const L = [" + list(300, "'zz%d'") + "];\nfor (const a of L) require(a)", 300, false},
		{"method", "const L = [" + list(300, "'zz%d'") + "];\nL.forEach(require)", 300, false},
		{"method of a literal", "[" + list(300, "'zz%d'") + "].forEach(a => require(a))", 300, false},
		{"commands", "const L = [" + list(300, "'zz%d'") + "];\nfor (const a of L) execSync('npm i ' + a)", 300, false},
		{"runner", "const L = [" + list(300, "'npm i zz%d'") + "];\nL.forEach(execSync)", 300, false},
		{"runner of a literal", "[" + list(300, "'npm i zz%d'") + "].forEach(execSync)", 300, false},
		{"many", "const L = [" + list(600, "'zz%d'") + "];\nfor (const a of L) require(a)", -1, true},
		{"many commands", "const L = [" + list(600, "'npm i zz%d'") + "];\nfor (const a of L) cp.exec(a)", -1, true},
		{"too many", "const L = [" + list(1500, "'zz%d'") + "];\nL.forEach(require)", -1, true},
		{"many words", "spawn('npm', ['i', " + list(1500, "'zz%d'") + "])", -1, true},
		{"product", "const L = [" + list(30, "'zz%d'") + "];\nfor (const a of L)\nfor (const b of L)\nexecSync('npm i ' + a + b)", -1, true},
		{"values", "let c;" + strings.ReplaceAll(list(100, "c = 'npm i zz%d'"), ",", ";") + "\nexecSync(c)", -1, true},
		{"chain", chain + "\nexecSync(v99)", -1, true},
		{"long", "const c = '" + strings.Repeat("x", 5000) + "; npm i zzz';\nexecSync(c)", -1, true},
		{"code", "const c = [" + list(600, "\"require('zz%d')\"") + "];\nfor (const a of c) eval(a)", -1, true},
	} {
		refs, problems := File(&source.File{Path: "a.js", Data: []byte(c.text)})
		names := map[string]bool{}
		for _, r := range refs {
			names[r.Name] = true
		}
		if c.want >= 0 && len(names) != c.want {
			t.Errorf("%s: %d names, want %d", c.name, len(names), c.want)
		}
		if told := len(problems) > 0; told != c.told {
			t.Errorf("%s: told %v: %v", c.name, told, problems)
		}
	}
}
