package shell

import (
	"fmt"

	"figment/scanner/extract"
	"figment/scanner/text"
)

// A variable of a loop, or one that a script gives several values, stands for one
// of them at a time. A command with such words is read once for each.

// maxTurned bounds how many words are read again for the values of others, besides
// those that the length of the text allows.
const maxTurned = 20_000

// turns gives the words of a command for each value that some of them may have.
// Where several words have values, each value stands in one of the commands.
func turns(ws []Word) [][]Word {
	most, n := 1, 1
	for _, w := range ws {
		if n++; !w.also {
			n = 1
		}
		most = max(most, n)
	}
	if most == 1 {
		return [][]Word{ws}
	}
	out := make([][]Word, most)
	for i := 0; i < len(ws); {
		end := i + 1
		for end < len(ws) && ws[end].also {
			end++
		}
		for k := range out {
			w := ws[min(i+k, end-1)]
			w.also = false
			out[k] = append(out[k], w)
		}
		i = end
	}
	return out
}

// turned counts the words of a command that is read again. Where there are too
// many, all values stand in one command, and that is told.
func (s *shellReader) turned(ws []Word) [][]Word {
	all := turns(ws)
	if len(all) == 1 {
		return all
	}
	if s.turns += len(all) * len(all[0]); s.turns > maxTurned+8*len(s.f.Text) {
		s.overspend()
		return [][]Word{ws}
	}
	return all
}

// eachOnce lets nothing that stands in one place through twice while a command is
// read for each of its values. It gives a function that ends this.
func (c *Reader) eachOnce() func() {
	type place struct {
		name       string
		start, end int
		kind       extract.Kind
	}
	emit, seen := c.emit, map[place]bool{}
	c.emit = func(r extract.Reference) {
		p := place{r.Name, r.Span.Start, r.Span.End, r.Kind}
		if !seen[p] {
			seen[p] = true
			emit(r)
		}
	}
	include, run := c.include, c.run
	once := func(w Word, what string) bool {
		p := place{name: what + w.Text, end: w.end}
		if len(w.offs) > 0 {
			p.start = w.offs[0]
		}
		if seen[p] {
			return false
		}
		seen[p] = true
		return true
	}
	if include != nil {
		c.include = func(w Word, constraint bool) {
			if once(w, fmt.Sprint("list ", constraint, " ")) {
				include(w, constraint)
			}
		}
	}
	if run != nil {
		c.run = func(w Word, lang text.Lang) {
			if once(w, string(lang)+" ") {
				run(w, lang)
			}
		}
	}
	return func() { c.emit, c.include, c.run = emit, include, run }
}
