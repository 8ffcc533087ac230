package shell

import (
	"figment/scanner/text"
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
