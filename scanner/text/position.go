package text

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// A Position is a place in a file as people and tools count it. Line, Column
// and UTF16 count from 1, Offset from 0. Column counts bytes, UTF16 counts
// UTF-16 code units; a byte order mark is not counted in the columns of line 1
// but is counted in Offset. In a UTF-16 file Offset is the raw byte and the
// columns count the decoded text.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	UTF16  int `json:"utf16"`
	Offset int `json:"offset"`
}

// Lines answers where an offset of a file lies. Line ends are LF, CRLF and lone
// CR.
type Lines struct {
	data   []byte        // UTF-8, without BOM when starts[0] skips it
	starts []int         // offset of each line's first byte in data
	units  []int         // UTF-16 units before each step of data; nil: all lines are short
	toText func(int) int // offset of the file → offset in data; nil: they are the same
}

// NewLines indexes the original bytes of a file.
func NewLines(raw []byte) *Lines {
	text, m := Decode(raw)
	l := &Lines{data: text}
	if !m.Identity() {
		l.toText = func(off int) int { return innerOffset(m, off) }
	}
	l.starts = append(l.starts, 0)
	long := false
	for i := 0; i < len(text); {
		end, next := LineBounds(text, i)
		long = long || end-i > 4*unitStep
		if end == next {
			break // the last line has no line end
		}
		l.starts = append(l.starts, next)
		i = next
	}
	if long {
		l.countUnits()
	}
	return l
}

// unitStep is how many bytes are counted at most to find a column.
const unitStep = 1024

func (l *Lines) countUnits() {
	n := 0
	for k := 0; k*unitStep < len(l.data); k++ {
		l.units = append(l.units, n)
		n += utf16Len(l.data[l.step(k):l.step(k+1)])
	}
}

// step is where the k-th count ends: a character is not cut.
func (l *Lines) step(k int) int {
	if k <= 0 {
		return 0 // also where the text begins in the middle of one
	}
	i := min(k*unitStep, len(l.data))
	for n := 0; n < utf8.UTFMax-1 && i < len(l.data) && !utf8.RuneStart(l.data[i]); n++ {
		i++
	}
	return i
}

// unitsTo counts the UTF-16 units before an offset of data.
func (l *Lines) unitsTo(off int) int {
	if len(l.units) == 0 {
		return 0
	}
	k := min(off/unitStep, len(l.units)-1)
	if k > 0 && l.step(k) > off {
		k--
	}
	return l.units[k] + utf16Len(l.data[l.step(k):off])
}

// innerOffset is the reverse of Map.Outer for a single offset.
func innerOffset(m Map, off int) int {
	ps := m.Pieces()
	i := sort.Search(len(ps), func(i int) bool { return ps[i].Outer > off }) - 1
	if i < 0 {
		return 0
	}
	p := ps[i]
	if p.Verbatim() {
		return p.Inner + min(off-p.Outer, p.InnerLen)
	}
	if off >= p.Outer+p.OuterLen {
		return p.Inner + p.InnerLen
	}
	return p.Inner
}

// LineBounds gives where the line at i ends and where the next one begins; the two
// are equal when the text ends without a line end.
func LineBounds(s []byte, i int) (end, next int) {
	for end = i; end < len(s); end++ {
		switch s[end] {
		case '\n':
			return end, end + 1
		case '\r':
			if end+1 < len(s) && s[end+1] == '\n' {
				return end, end + 2
			}
			return end, end + 1
		}
	}
	return end, end
}

// EachLine calls visit with each line of s, without its end, until it returns
// false.
func EachLine(s []byte, visit func([]byte) bool) {
	for i := 0; i < len(s); {
		end, next := LineBounds(s, i)
		if !visit(s[i:end]) || next == i {
			return
		}
		i = next
	}
}

// At converts an offset of the original file.
func (l *Lines) At(offset int) Position {
	off := offset
	if l.toText != nil {
		off = l.toText(offset)
	}
	off = max(0, min(off, len(l.data)))
	i := sort.SearchInts(l.starts, off+1) - 1
	start := l.starts[i]
	p := Position{Line: i + 1, Column: off - start + 1, Offset: offset}
	if l.units != nil {
		p.UTF16 = l.unitsTo(off) - l.unitsTo(start) + 1
	} else {
		p.UTF16 = utf16Len(l.data[start:off]) + 1
	}
	return p
}

func utf16Len(b []byte) int {
	n := 0
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			n++
			b = b[1:]
			continue
		}
		r, size := utf8.DecodeRune(b)
		n++
		if r > 0xFFFF {
			n++
		}
		b = b[size:]
	}
	return n
}

// Count is the number of lines; a text ending in a line break has an empty last
// one.
func (l *Lines) Count() int { return len(l.starts) }

// Text gives line n (from 1) without its line end, as UTF-8; empty if there is
// no such line.
func (l *Lines) Text(n int) string {
	if n < 1 || n > len(l.starts) {
		return ""
	}
	end := len(l.data)
	if n < len(l.starts) {
		end = l.starts[n]
	}
	return string(bytes.TrimRight(l.data[l.starts[n-1]:end], "\r\n"))
}

// Whole is the text of the file as UTF-8 without byte order mark.
func (l *Lines) Whole() []byte { return l.data }

// Before gives the text before line n, which counts from 1 and is there.
func (l *Lines) Before(n int) []byte { return l.data[:l.starts[n-1]] }

// LineBreak is how a text ends its lines: as its first one does; a line feed
// where it has none.
func LineBreak(data []byte) string {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 && data[i] == '\r' {
		if i+1 < len(data) && data[i+1] == '\n' {
			return "\r\n"
		}
		return "\r"
	}
	return "\n"
}
