package text

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Decode gives the text of a file as UTF-8 without byte order mark, and the map
// back to the original bytes. UTF-32 is recognised by its mark, UTF-16 by its
// own, or by every other byte of the first 64 being zero.
func Decode(raw []byte) ([]byte, Map) {
	switch {
	case IsUTF32(raw):
		return decodeUTF32(raw, raw[0] == 0)
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		text := raw[3:]
		return text, Map{pieces: []Piece{{Outer: 3, InnerLen: len(text), OuterLen: len(text)}}}
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		return decodeUTF16(raw, 2, false)
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return decodeUTF16(raw, 2, true)
	}
	if big, ok := looksUTF16(raw); ok {
		return decodeUTF16(raw, 0, big)
	}
	if at, ok := Appended(raw); ok {
		return raw[:at], Map{pieces: []Piece{{InnerLen: at, OuterLen: at}}}
	}
	return raw, Map{}
}

// Appended finds where a text goes on in another encoding: PowerShell's >> adds
// UTF-16 to a file in UTF-8, and other shells add UTF-8 to one in UTF-16. Decode
// reads what stands before. at is a start of a line.
func Appended(raw []byte) (at int, ok bool) {
	const window = 64 // units that are looked at
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) || bytes.HasPrefix(raw, []byte("\x00\x00\xfe\xff")) {
		return 0, false
	}
	nul := bytes.IndexByte(raw, 0)
	if nul < 0 {
		return 0, false
	}
	if at = bytes.LastIndexByte(raw[:nul], '\n') + 1; at == 0 || !utf8.Valid(raw[:at]) {
		return 0, false
	}
	tail := raw[at:min(len(raw), at+2*window)]
	if len(tail) < 4 {
		return 0, false
	}
	zeros := [2]int{}
	for i, c := range tail {
		if c == 0 {
			zeros[i%2]++
		}
	}
	// Letters of most languages have a byte of zero, always the same of the two.
	most, least := max(zeros[0], zeros[1]), min(zeros[0], zeros[1])
	return at, least == 0 && most*4 >= len(tail)
}

func looksUTF16(raw []byte) (big, ok bool) {
	head := raw[:min(len(raw), 64)&^1]
	if len(head) < 4 {
		return false, false
	}
	even, odd := 0, 0
	for i, c := range head {
		if c == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	half := len(head) / 2
	return even == half, (even == half && odd == 0) || (odd == half && even == 0)
}

func decodeUTF16(raw []byte, at int, big bool) ([]byte, Map) {
	unit := func(i int) uint16 {
		if big {
			return uint16(raw[i])<<8 | uint16(raw[i+1])
		}
		return uint16(raw[i+1])<<8 | uint16(raw[i])
	}
	var b Builder
	b.text = make([]byte, 0, len(raw)/2)
	b.m.pieces = make([]Piece, 0, len(raw)/2)
	var buf [utf8.UTFMax]byte
	for at+1 < len(raw) {
		r, n := rune(unit(at)), 2
		if utf16.IsSurrogate(r) {
			if at+3 < len(raw) {
				if d := utf16.DecodeRune(r, rune(unit(at+2))); d != utf8.RuneError {
					r, n = d, 4
				} else {
					r = utf8.RuneError
				}
			} else {
				r = utf8.RuneError
			}
		}
		b.Escape(string(buf[:utf8.EncodeRune(buf[:], r)]), at, n)
		at += n
	}
	text, m := b.Done()
	return text, m
}

// IsUTF32 looks for the mark. An empty text in UTF-16 begins like it, and has
// no more than that.
func IsUTF32(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte("\xff\xfe\x00\x00")) && len(raw) > 4 || bytes.HasPrefix(raw, []byte("\x00\x00\xfe\xff"))
}

func decodeUTF32(raw []byte, big bool) ([]byte, Map) {
	var b Builder
	b.text = make([]byte, 0, len(raw)/4)
	b.m.pieces = make([]Piece, 0, len(raw)/4)
	order := binary.ByteOrder(binary.LittleEndian)
	if big {
		order = binary.BigEndian
	}
	var buf [utf8.UTFMax]byte
	for at := 4; at+3 < len(raw); at += 4 {
		r := rune(utf8.RuneError)
		if u := order.Uint32(raw[at:]); u <= utf8.MaxRune {
			r = rune(u)
		}
		b.Escape(string(buf[:utf8.EncodeRune(buf[:], r)]), at, 4)
	}
	text, m := b.Done()
	return text, m
}

// IsUTF16 reports whether a text is in UTF-16, by its mark or by its zeros.
func IsUTF16(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return true
	}
	_, ok := looksUTF16(data)
	return ok
}
