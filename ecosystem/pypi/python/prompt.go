package python

import (
	"bytes"

	"figment/scanner/text"
)

// pythonPrompt gives the length of an interpreter's prompt at the start of a
// line, and whether it starts a statement.
func pythonPrompt(line []byte) (n int, starts bool) {
	t := bytes.TrimLeft(line, " \t")
	lead := len(line) - len(t)
	switch {
	case bytes.HasPrefix(t, []byte(">>> ")), bytes.HasPrefix(t, []byte("... ")):
		return lead + 4, t[0] == '>'
	case bytes.Equal(t, []byte(">>>")), bytes.Equal(t, []byte("...")):
		return lead + 3, t[0] == '>'
	case bytes.HasPrefix(t, []byte("In [")):
		if at := bytes.Index(t, []byte("]: ")); at > 0 && at < 12 {
			return lead + at + 3, true
		}
	case bytes.HasPrefix(t, []byte("...: ")):
		return lead + 5, false
	}
	return 0, false
}

// withoutPrompts takes the prompts off a text whose first line has one, and
// the output between the statements away. It gives nil for any other text.
func withoutPrompts(f *text.Fragment, prompt func([]byte) (int, bool)) *text.Fragment {
	s := f.Text
	i := 0
	for i < len(s) && text.LineEnd(s, i) == text.Blank(s, i) {
		i = text.NextLine(s, i)
	}
	if n, starts := prompt(s[i:text.LineEnd(s, i)]); n == 0 || !starts {
		return nil
	}
	var b text.Builder
	for i < len(s) {
		next := text.NextLine(s, i)
		if n, _ := prompt(s[i:text.LineEnd(s, i)]); n > 0 {
			b.Verbatim(s[i+n:next], i+n)
		}
		i = next
	}
	src, m := b.Done()
	d := f.Derive(src, m, f.Lang)
	d.Depth = f.Depth // the same container, cleaned
	d.Cut = f.Cut
	if d.Depth < text.MaxDepth {
		d.Depth++
	}
	if n, starts := prompt(bytes.TrimLeft(src, "\r\n")); n > 0 && starts {
		return nil
	}
	return d
}
