package git

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	hashWindow = 100   // kept code units that a hash covers
	hashFactor = 37    // of the rolling hash
	hashEnd    = 65535 // the unit that stands for the end of the text
)

// LineHashes gives GitHub's primaryLocationLineHash of each line of text: the
// first element is line 1. A hash covers the hundred code units from the line's
// start that are neither space nor tab, so that a finding keeps its identity
// when lines are inserted above it or indented.
func LineHashes(text []byte) []string {
	h := lineHasher{seen: map[uint64]int{}, atStart: true, power: 1}
	for range hashWindow {
		h.power *= hashFactor
	}
	for len(text) > 0 {
		r, size := decodeUnit(text)
		text = text[size:]
		if r > 0xFFFF {
			a, b := utf16.EncodeRune(r)
			h.unit(uint16(a))
			h.unit(uint16(b))
			continue
		}
		h.unit(uint16(r))
	}
	h.feed(hashEnd)
	for range hashWindow {
		h.emit()
		h.feedRaw(0)
	}
	return h.out
}

// decodeUnit decodes one rune. Of a sequence that is no UTF-8 it takes the
// longest part that could have begun one, as JavaScript's decoder does.
func decodeUnit(b []byte) (rune, int) {
	if b[0] < utf8.RuneSelf {
		return rune(b[0]), 1
	}
	r, size := utf8.DecodeRune(b)
	if r != utf8.RuneError || size != 1 {
		return r, size
	}
	lo, hi, want := byte(0x80), byte(0xBF), 0
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		want = 1
	case c >= 0xE0 && c <= 0xEF:
		want = 2
		if c == 0xE0 {
			lo = 0xA0
		}
		if c == 0xED {
			hi = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		want = 3
		if c == 0xF0 {
			lo = 0x90
		}
		if c == 0xF4 {
			hi = 0x8F
		}
	}
	n := 1
	for n <= want && n < len(b) && b[n] >= lo && b[n] <= hi {
		n++
		lo, hi = 0x80, 0xBF
	}
	return utf8.RuneError, n
}

// A lineHasher rolls a hash over a window of code units. Each slot of the window
// may carry the number of the line that begins there; when the write position
// comes round to it, the hash covers exactly the window from that line's start.
type lineHasher struct {
	window  [hashWindow]uint16
	lines   [hashWindow]int // 0: no line begins here
	pos     int
	hash    uint64
	power   uint64 // hashFactor to the window's length
	line    int
	atStart bool
	lastCR  bool
	seen    map[uint64]int
	out     []string
}

// unit takes a code unit of the text: blanks are skipped, and the three ways of
// ending a line are one.
func (h *lineHasher) unit(u uint16) {
	if u == ' ' || u == '\t' || (h.lastCR && u == '\n') {
		h.lastCR = false
		return
	}
	h.lastCR = u == '\r'
	if h.lastCR {
		u = '\n'
	}
	h.feed(u)
}

// feed takes a kept unit.
func (h *lineHasher) feed(u uint16) {
	h.emit()
	if h.atStart {
		h.atStart = false
		h.line++
		h.lines[h.pos] = h.line
	}
	if u == '\n' {
		h.atStart = true
	}
	h.feedRaw(u)
}

func (h *lineHasher) emit() {
	n := h.lines[h.pos]
	if n == 0 {
		return
	}
	h.lines[h.pos] = 0
	h.seen[h.hash]++
	h.out = append(h.out, strconv.FormatUint(h.hash, 16)+":"+strconv.Itoa(h.seen[h.hash]))
}

func (h *lineHasher) feedRaw(u uint16) {
	h.hash = hashFactor*h.hash + uint64(u) - h.power*uint64(h.window[h.pos])
	h.window[h.pos] = u
	h.pos = (h.pos + 1) % hashWindow
}
