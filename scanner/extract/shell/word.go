package shell

import (
	"figment/scanner/text"
	"strings"
)

// A Word of a command.
type Word struct {
	Text string // its quotes taken off; a "$" stands for what only the shell knows
	offs []int  // the fragment's offset of each byte of Text
	ends []int  // where each byte ends, if not one byte behind its offset: what stands there is decoded
	end  int    // fragment offset after the word, quotes included
	Raw  string // what the shell takes for a redirection behind it: >=1.0
	Hole string // its first part that only the shell knows, as written
	file bool   // it names a file whose content is meant
	also bool   // what else the word before it may be: the shell gives one of them at a time
}

// Span is where the bytes [start, end) of the text stand in the fragment; none for
// what is not written there.
func (w *Word) Span(start, end int) text.Span {
	if start >= end || end > len(w.offs) {
		return text.Span{}
	}
	return text.Span{Start: w.offs[start], End: w.endAt(end - 1)}
}

func (w *Word) endAt(i int) int {
	if w.ends != nil {
		return w.ends[i]
	}
	return w.offs[i] + 1
}

// PlainWord makes a word of text that stands unquoted at offset at.
func PlainWord(text string, at int) Word {
	offs := make([]int, len(text))
	for i := range offs {
		offs[i] = at + i
	}
	return Word{Text: text, offs: offs, end: at + len(text)}
}

// Sub is the part of w from i to j.
func (w *Word) Sub(i, j int) Word {
	x := Word{Text: w.Text[i:j], offs: w.offs[i:j], end: w.end, Hole: w.Hole}
	if w.ends != nil {
		x.ends = w.ends[i:j]
	}
	return x
}

// derived makes a fragment of a word's text.
func derived(f *text.Fragment, w Word, lang text.Lang) *text.Fragment {
	var b text.Builder
	for i := 0; i < len(w.Text); {
		k := i + 1
		if at, end := w.offs[i], w.endAt(i); end != at+1 {
			for k < len(w.Text) && w.offs[k] == at && w.endAt(k) == end {
				k++
			}
			b.Escape(w.Text[i:k], at, end-at)
			i = k
			continue
		}
		written := func(k int) bool { return w.offs[k] < len(f.Text) && f.Text[w.offs[k]] == w.Text[k] }
		if !written(i) {
			b.Escape(w.Text[i:k], w.offs[i], 1)
			i = k
			continue
		}
		for k < len(w.Text) && w.offs[k] == w.offs[k-1]+1 && w.endAt(k) == w.offs[k]+1 && written(k) {
			k++
		}
		b.Verbatim([]byte(w.Text[i:k]), w.offs[i])
		i = k
	}
	text, m := b.Done()
	d := f.Derive(text, m, lang)
	d.Cut = f.Cut && len(w.offs) > 0 && w.endAt(len(w.offs)-1) == len(f.Text)
	return d
}

// joined puts two words together. Where the second stands before the first, its
// bytes count as those at the end of the first: spans never run backwards.
func joined(a, b Word) Word {
	out := Word{Text: a.Text + b.Text, end: b.end, Hole: a.Hole}
	if out.Hole == "" {
		out.Hole = b.Hole
	}
	out.offs = make([]int, 0, len(out.Text))
	out.ends = make([]int, 0, len(out.Text))
	for i := range a.offs {
		out.offs, out.ends = append(out.offs, a.offs[i]), append(out.ends, a.endAt(i))
	}
	at, end := 0, 0
	if n := len(a.offs); n > 0 {
		at, end = a.offs[n-1], a.endAt(n-1)
	}
	for i := range b.offs {
		if b.offs[i] >= end {
			at, end = b.offs[i], b.endAt(i)
		}
		out.offs, out.ends = append(out.offs, at), append(out.ends, end)
	}
	return out
}

// blank is text that stands behind a word without being written there.
func blank(after Word, text string) Word {
	at := max(0, after.end-1)
	w := Word{end: after.end}
	for i := range text {
		w.Text += text[i : i+1]
		w.offs = append(w.offs, at)
	}
	return w
}

// concat puts words together in order, see joined.
func concat(ws []Word) Word {
	var out Word
	n := 0
	for _, w := range ws {
		n += len(w.Text)
	}
	text := make([]byte, 0, n)
	out.offs, out.ends = make([]int, 0, n), make([]int, 0, n)
	at, end := 0, 0
	for k := range ws {
		w := &ws[k]
		if out.Hole == "" {
			out.Hole = w.Hole
		}
		text = append(text, w.Text...)
		for i := range w.offs {
			if w.offs[i] >= end {
				at, end = w.offs[i], w.endAt(i)
			}
			out.offs, out.ends = append(out.offs, at), append(out.ends, end)
		}
		out.end = max(out.end, w.end)
	}
	out.Text = string(text)
	return out
}

// decoded gives a word with the escapes of echo -e and printf taken off.
func decoded(w Word) Word {
	if strings.IndexByte(w.Text, '\\') < 0 {
		return w
	}
	out := Word{end: w.end, Hole: w.Hole}
	var text []byte
	for i := 0; i < len(w.Text); {
		n, t := 1, w.Text[i:i+1]
		if w.Text[i] == '\\' && i+1 < len(w.Text) {
			var k int
			t, k = escape(w.Text[i+1:])
			n = 1 + k
		}
		for k := 0; k < len(t); k++ {
			text = append(text, t[k])
			out.offs = append(out.offs, w.offs[i])
			out.ends = append(out.ends, w.endAt(i+n-1))
		}
		i += n
	}
	out.Text = string(text)
	return out
}

// splitLine splits a line into simple commands and words, with quotes and
// escapes taken off. It is for text that is no shell's, or is broken.
func splitLine(line []byte, base int, escape string) [][]Word {
	var out [][]Word
	var ws []Word
	var w Word
	var letters []byte // of w: words may be as long as the line
	open := false
	flush := func(end int) {
		if open {
			w.end, w.Text = base+end, string(letters)
			ws = append(ws, w)
		}
		w, letters, open = Word{}, letters[:0], false
	}
	next := func(end int) {
		flush(end)
		if len(ws) > 0 {
			out = append(out, ws)
		}
		ws = nil
	}
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
				continue
			}
		case c == '"' || c == '\'':
			quote, open = c, true
			continue
		case c == ' ' || c == '\t' || c == '\r':
			flush(i)
			continue
		case c == ';' || c == '|' || c == '&' || c == '(' || c == ')' || c == '{' || c == '}':
			next(i)
			continue
		case c == '#' && !open:
			next(i)
			return out
		case strings.IndexByte(escape, c) >= 0 && i+1 < len(line):
			i++
		}
		open = true
		letters = append(letters, line[i])
		w.offs = append(w.offs, base+i)
	}
	next(len(line))
	return out
}

// quotation are the marks that word processors put around names, and blanks that
// no shell takes for one.
var quotation = []string{"“", "”", "„", "‘", "’", "«", "»", "\u00a0", "\u202f", "\u200b", "\ufeff"}

// pasted are the words of a command as they were meant before a word processor, or
// a sentence, added to them.
func pasted(ws []Word) []Word {
	changed := false
	out := make([]Word, len(ws))
	for i, w := range ws {
		out[i] = w
		if len(w.offs) == 0 || w.Hole != "" {
			continue
		}
		out[i] = unpunctuated(w)
		for _, dash := range []string{"–", "—", "−"} { // for -- and -
			if rest, ok := strings.CutPrefix(w.Text, dash); ok && rest != "" {
				flag := "--"
				if len(rest) == 1 {
					flag = "-"
				}
				out[i] = concat([]Word{blank(Word{end: w.offs[0] + 1}, flag), w.Sub(len(dash), len(w.Text))})
			}
		}
		changed = changed || out[i].Text != w.Text
	}
	if !changed {
		return ws
	}
	return out
}

// unpunctuated is a word without the marks of a sentence or a list that no name
// begins or ends with: a comma, a full stop, quotation marks.
func unpunctuated(w Word) Word {
	if w.Text == "" {
		return w
	}
	start, end := 0, len(w.Text)
	for again := true; again && start < end; {
		again = false
		if c := w.Text[end-1]; end-start > 1 && (c == ',' || c == ';' || c == '.' && w.Text[end-2] != '.' && w.Text[end-2] != '/') {
			end, again = end-1, true
		}
		for _, q := range quotation {
			if strings.HasPrefix(w.Text[start:end], q) {
				start, again = start+len(q), true
			}
			if start < end && strings.HasSuffix(w.Text[start:end], q) {
				end, again = end-len(q), true
			}
		}
	}
	if start == 0 && end == len(w.Text) || start >= end {
		return w
	}
	return w.Sub(start, end)
}
