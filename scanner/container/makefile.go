package container

import (
	"bytes"
	"figment/scanner/text"
	"strings"
)

// splitMakefile gives the recipes of a makefile: the lines that a tab begins,
// or blanks where the text was pasted. "$$" is "$" there, and a variable of make
// looks like a command whose output is a word.
//
// Manual: https://www.gnu.org/software/make/manual/make.html#Recipes
func splitMakefile(s *Splitter, f *text.Fragment) {
	t := f.Text
	var b, rest text.Builder
	flush := func() {
		if b.Len() > 0 {
			src, m := b.Done()
			s.Split(f.Derive(src, m, text.Shell))
		}
		b = text.Builder{}
	}
	more := false
	for i := 0; i < len(t); {
		end, next := text.LineBounds(t, i)
		at := i
		switch {
		case len(bytes.TrimSpace(t[i:end])) == 0:
			more = false
		case more, t[i] == '\t', t[i] == ' ':
			if !more {
				for at < end && strings.IndexByte(" \t@-+", t[at]) >= 0 {
					at++
				}
			}
			for k := at; k < next; {
				n := bytes.Index(t[k:next], []byte("$$"))
				if n < 0 {
					b.Verbatim(t[k:next], k)
					break
				}
				b.Verbatim(t[k:k+n], k)
				b.Escape("$", k+n, 2)
				k += n + 2
			}
			more = continued(t[i:end])
		default:
			flush()
			rest.Verbatim(t[i:next], i)
		}
		i = next
	}
	flush()
	s.rest(f, &rest)
}
