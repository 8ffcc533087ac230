package container_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"figment/ecosystem/all"
	"figment/scanner/container"
	"figment/scanner/source"
	"figment/scanner/text"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite what the archives want")

// split takes a text apart and checks what holds for every fragment.
func split(t testing.TB, p string, data []byte) ([]*text.Fragment, []source.Problem) {
	t.Helper()
	var out []*text.Fragment
	problems := all.Formats().Recognition().Split(&source.File{Path: p, Data: data}, func(f *text.Fragment) { out = append(out, f) })
	for _, f := range out {
		if f.Depth > text.MaxDepth || f.Path != p || f.Lang == text.Markdown || f.Lang == text.Diff || f.Lang == text.Undecided {
			t.Fatalf("fragment %+v", f)
		}
		if tt, ok := t.(*testing.T); ok {
			checkFragment(tt, f.Map, f.Text, data)
		}
	}
	for _, pr := range problems {
		if pr.Text == "" || pr.Span.Start < 0 || pr.Span.End > len(data) || pr.Span.Start > pr.Span.End {
			t.Fatalf("problem %+v", pr)
		}
	}
	return out, problems
}

// show writes fragments as the goldens have them.
func show(fragments []*text.Fragment) string {
	var b strings.Builder
	for _, f := range fragments {
		fmt.Fprintf(&b, "[%s|%s|%s", f.Label, f.Name, f.Lang)
		if f.Cut {
			b.WriteString("|cut")
		}
		b.WriteString("]\n")
		b.Write(f.Text)
		if !bytes.HasSuffix(f.Text, []byte("\n")) {
			b.WriteString("$\n")
		}
	}
	return b.String()
}

// TestSplit compares the fragments of documents with what their archives want.
// Each also has to give the same with CRLF, and with lone CR, line ends.
func TestSplit(t *testing.T) {
	archives, err := filepath.Glob("testdata/split/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal(err, len(archives))
	}
	for _, file := range archives {
		t.Run(filepath.Base(file), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i+1 < len(a.Files); i += 2 {
				doc, want := a.Files[i], &a.Files[i+1]
				src := bytes.ReplaceAll(doc.Data, []byte("¶"), nil)
				got, _ := split(t, doc.Name, src)
				if *update {
					want.Data = []byte(show(got))
					continue
				}
				if s := show(got); s != string(want.Data) {
					t.Errorf("%s:\n%s\nwant:\n%s", doc.Name, s, want.Data)
				}
				for _, end := range []string{"\r\n", "\r"} {
					again, _ := split(t, doc.Name, bytes.ReplaceAll(src, []byte("\n"), []byte(end)))
					if s := strings.ReplaceAll(show(again), end, "\n"); s != show(got) && !strings.Contains(s, "$\n") {
						t.Errorf("%s with line ends %q:\n%s\nwant:\n%s", doc.Name, end, s, show(got))
					}
				}
				wide := wideBytes(string(src), false, true)
				var decoded []*text.Fragment
				decoded, _ = split(t, doc.Name, wide)
				if s := show(decoded); s != show(got) {
					t.Errorf("%s in UTF-16:\n%s\nwant:\n%s", doc.Name, s, show(got))
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestSplitLimits(t *testing.T) {
	fence := "~~~py\nimport x\n~~~\n"
	got, problems := split(t, "a.md", []byte(strings.Repeat(fence, container.MaxFragments+50)))
	if len(got) > container.MaxFragments || len(problems) != 1 || !problems[0].Dropped {
		t.Errorf("%d fragments, problems %v", len(got), problems)
	}
	deep := "import x\n"
	for n := 3; n < 12; n++ {
		ticks := strings.Repeat("`", n)
		deep = ticks + "md\n" + deep + ticks + "\n"
	}
	got, problems = split(t, "a.md", []byte(deep))
	if len(problems) != 1 || !problems[0].Dropped {
		t.Errorf("nested too deep: %d fragments, problems %v", len(got), problems)
	}
	for _, f := range got {
		if bytes.Contains(f.Text, []byte("import x")) {
			t.Errorf("read at depth %d", f.Depth)
		}
	}
}

// TestSplitLinear: work is linear where a document tries to make it otherwise.
func TestSplitLinear(t *testing.T) {
	for name, unit := range map[string]string{
		"open comments": "<!-- x\n", "quotes": "> > > > ", "ticks": "```a`\n", "indents": "\n    x\n", "lists": "- - - - ",
		"openers": "```py\n", "titles": "`package.json`\n", "blanks": "    \n", "wide": "\n\n\tpip install x\n\ny\n",
		"no code": "```sh\n|var x\n", "code in a shell": "```sh\n|import x\n", "open quotes": "```sh\n|import '\n",
		"commands in code": "```py\n|pip install x\nimport x\n", "prompts": "```sh\n|>>> import x\n", "listing": "```\n|├── x\n",
	} {
		head, unit, ok := strings.Cut(unit, "|")
		if !ok {
			head, unit = "", head
		}
		data := []byte(head + strings.Repeat(unit, (1<<20)/len(unit)))
		got, _ := split(t, "a.md", data)
		total := 0
		for _, f := range got {
			total += len(f.Text)
		}
		if total > len(data) {
			t.Errorf("%s: %d bytes became %d", name, len(data), total)
		}
	}
}

func FuzzSplit(f *testing.F) {
	archives, _ := filepath.Glob("testdata/split/*.txtar")
	for _, file := range archives {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for i := 0; i < len(a.Files); i += 2 {
			f.Add(a.Files[i].Name, bytes.ReplaceAll(a.Files[i].Data, []byte("¶"), nil))
		}
	}
	f.Add("a.mdx", []byte("---\nx\n---\nimport a\n\n<!-- ```\n --> ~~~ js\n> ```\nx"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		got, _ := split(t, name, data)
		if text.IsUTF16(data) {
			return
		}
		// A byte is in no more fragments than there are containers around it.
		uses := make([]uint8, len(data))
		for _, fr := range got {
			if len(fr.Text) > len(data) {
				t.Fatalf("%d bytes became %d", len(data), len(fr.Text))
			}
			for _, p := range fr.Map.Pieces() {
				for i := p.Outer; i < p.Outer+p.OuterLen && p.Verbatim(); i++ {
					if uses[i]++; uses[i] > 1 {
						t.Fatalf("byte %d of %q is read twice", i, data)
					}
				}
			}
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	doc := []byte("# Title\n\nSome prose with `code` and a [link](x).\nMore of it follows here, line by line.\n\n```python\nimport os\n\n\ndef f(x):\n    return x\n```\n\n- item\n\n  ```sh\n  pip install flask\n  ```\n\n> quoted\n\n    indented code\n\n")
	doc = bytes.Repeat(doc, (1<<20)/len(doc))
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		all.Formats().Recognition().Split(&source.File{Path: "a.md", Data: doc}, func(*text.Fragment) {})
	}
}

// checkFragment checks what holds for every map of text, which was made from outer:
// pieces are in order, inside both texts, cover all of text, and verbatim ones
// have equal bytes.
func checkFragment(t *testing.T, m text.Map, src, outer []byte) {
	t.Helper()
	if m.Identity() {
		if !bytes.Equal(src, outer) {
			t.Fatalf("the identity maps %q to %q", src, outer)
		}
		return
	}
	inner, out := 0, 0
	var before text.Piece
	for i, p := range m.Pieces() {
		if p.Inner != inner || p.InnerLen < 0 || p.OuterLen < 0 || p.InnerLen == 0 && len(src) > 0 {
			t.Fatalf("piece %d %+v does not begin at %d", i, p, inner)
		}
		// Only what was decoded may be cut: both parts then map to all of it.
		if cut := p.Decoded && before.Decoded && p.Outer >= before.Outer; p.Outer < out && !cut || p.Outer+p.OuterLen > len(outer) {
			t.Fatalf("piece %d %+v overlaps or leaves the outer text (%d, %d)", i, p, out, len(outer))
		}
		if p.Verbatim() && !bytes.Equal(src[p.Inner:p.Inner+p.InnerLen], outer[p.Outer:p.Outer+p.OuterLen]) {
			t.Fatalf("piece %d %+v: %q is not %q", i, p, src[p.Inner:p.Inner+p.InnerLen], outer[p.Outer:p.Outer+p.OuterLen])
		}
		before, inner, out = p, p.Inner+p.InnerLen, max(out, p.Outer+p.OuterLen)
	}
	if inner != len(src) {
		t.Fatalf("pieces cover %d of %d bytes", inner, len(src))
	}
	last := 0
	for i := 0; i <= len(src); i++ {
		s := m.Outer(text.Span{Start: i, End: min(i+1, len(src))})
		if s.Start < last || s.End < s.Start || s.End > len(outer) {
			t.Fatalf("offset %d maps to %+v after %d", i, s, last)
		}
		last = s.Start
	}
}

func wideBytes(s string, big, mark bool) []byte {
	var out []byte
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}
