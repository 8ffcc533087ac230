package shell_test

import (
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"slices"
	"strings"
	"testing"

	"figment/scanner/source"
)

// TestFences: what the fences of a document hold, whatever their label says. A
// name behind ~ is doubted, one behind ? is a mention.
func TestFences(t *testing.T) {
	for _, c := range []struct{ label, text, want string }{
		{"dockerfile", "FROM x\nRUN pip install a1 && \\\n  # npm i no\n\n  npm i a2\nrun --mount=type=cache,target=/x npm i a3", "a1 a2 a3"},
		{"Dockerfile", "RUN [\"npm\", \"i\", \"a1\"]\nCMD [\"npx\",\"a2\"]\nENTRYPOINT npx a3\nONBUILD RUN npm i a4\nHEALTHCHECK --interval=5s CMD npx a5", "a1 a2 a3 a4 a5"},
		{"docker", "RUN <<EOF\npip install a1\nEOF\nRUN python3 <<E\nimport a2\nE\nENV X=\"npm i no\" \\\n Y=1\nCOPY a b\nRUN npm i a3", "a1 a2 a3"},
		{"makefile", "X = y\na: b\n\t@pip install a1 && \\\n\tnpm i a2\n\t-npm i a3 $$HOME/x\n\nb:\n  npm i a4\nY := $(shell npm i a5)", "a1 a2 a3 a4 ~a5"},
		{"just", "build:\n    $(PIP) install a1\n    @npm i a2", "a1 a2"},
		{"vue", "<template>\n<p>npm i a3</p></template>\n<script setup lang=\"ts\">\nimport a, { type B } from \"a1\"\n</script>\n<SCRIPT>import \"a2\"</SCRIPT>", "a1 a2 ~a3"},
		{"svelte", "<script context=\"module\">import \"a1\"</script><script lang='ts'>import type x from \"a2\"", "a1 a2"},
		{"astro", "---\nimport x from \"a1\"\n---\n<script>import \"a2\"</script>", "a1 a2"},
		{"html", "<script src=\"x.js\"></script><script type=\"module\">import \"a1\"</script><script type=\"application/json\">import \"no\"</script><pre>$ npm i a2</pre>", "a1 ~a2"},
		{"requirements", "a1\na2>=1", "a1 a2"},
		{"requirements.txt", "a1", "a1"},
		{"yaml", "jobs:\n  - run: pip install a1\n  - run: |\n      npm i a2 \\\n        a3\n  - 'npm i a4'\n# npm i a5\nx: you may npm i no", "~a1 ~a2 ~a3 ~a4 ?a5"},
		{"yml", "command: [\"npx\", \"-y\", \"a1\"]\nother:\n  command: npx\n  args: ['-y', 'a2']", "~a1 ~a2"},
		{"toml", "[tasks]\na = \"npm i a1\"\ncommand = \"uvx\"\nargs = [\"a2\"]", "~a1 ~a2"},
		{"ini", "[x]\ndeps = y\ncommands = pip install a1\n; npm i a2", "~a1 ?a2"},
		{"json", "{\"mcpServers\": {\"a\": {\"command\": \"npx\", \"args\": [\"-y\", \"a1@1\"]},\n\"b\": {\"command\": \"uvx\",\n\"args\": [\n\"a2\"]}, \"language\": \"python\"}}", "~a1 ~a2"},
		{"rust", "// npm i a1\nlet x = \"npm i a2\"; // and npm install no\n", "?a1 ~a2"},
		{"java", "/**\n * npm i a1\n */\nexec(\"npm i a2\");\n", "?a1 ~a2"},
		{"xml", "<exec>npm i a1</exec>\n<x a=\"pip install a2\"/>", "~a1 ~a2"},
		{"hcl", "provisioner \"x\" { inline = [\"npm i a1\", \"sudo npm i a2\"] }", "~a1 ~a2"},
		{"text", "1. Run:   pip install a1==1", "?a1"},
		{"conf title=\"x.conf\"", "exec npm i a1", "~a1"},
		{"sql", "select pip, npm from x where go = 'get'", ""},
	} {
		text := "# T\n\n```" + c.label + "\n" + c.text + "\n```\n"
		f := &source.File{Path: "a.md", Data: []byte(text)}
		refs, problems := File(f)
		extracttest.Check(t, f, refs)
		var got []string
		for _, r := range refs {
			mark := ""
			switch {
			case r.Kind == Mention:
				mark = "?"
			case r.Flags.Has(Low):
				mark = "~"
			}
			if r.Name != text[r.Span.Start:r.Span.End] {
				t.Errorf("%s: the span of %s holds %q", c.label, r.Name, text[r.Span.Start:r.Span.End])
			}
			got = append(got, mark+r.Name)
		}
		slices.SortFunc(got, func(a, b string) int { return strings.Compare(strings.Trim(a, "~?"), strings.Trim(b, "~?")) })
		if s := strings.Join(slices.Compact(got), " "); s != c.want || len(problems) > 0 {
			t.Errorf("%s %q: got %q, want %q %v", c.label, c.text, s, c.want, problems)
		}
	}
}

func FuzzFences(f *testing.F) {
	for _, label := range []string{"dockerfile", "makefile", "vue", "astro", "yaml", "json"} {
		f.Add(label, "RUN npm i x \\\n y\n\t@npm i z\n<script lang=ts>import \"a\"</script>\n\"npx\", \"args\": [\"y\"]\n<<E\nx\nE\n---\n")
	}
	f.Fuzz(func(t *testing.T, label, text string) {
		file := &source.File{Path: "a.md", Data: []byte("```" + label + "\n" + text + "\n```\n")}
		refs, _ := File(file)
		extracttest.Check(t, file, refs)
	})
}

// TestUnclosed: what follows a quote or an expression that is never closed is no
// statement to a shell, and still what somebody may copy line by line.
func TestUnclosed(t *testing.T) {
	var all []spelling
	for _, open := range []string{`x="`, `x='`, `echo "it`, "x=$((", "x=$[1+", "((", "x=${a:-", "x=${a[", "x=$(", "if true; then", "f() {", "x=$'a"} {
		want := "zqa zqb zqc"
		if open == "x=$((" || open == "x=$[1+" {
			want = "? " + want // words where numbers should be are told of, too
		}
		all = append(all, spelling{"a.sh", "npm i zqa\n" + open + "\nnpm i zqb\n\npip install zqc\n", want})
	}
	checkSpellings(t, all)
}
