package text

import "strings"

// Class says what a byte can begin.
type Class uint8

// The classes of bytes. Plain is the zero value: nothing to look at.
const (
	Plain   Class = iota
	Letter        // letters, digits, underscore, and bytes of non-ASCII characters
	Newline       // LF and CR
	Quote         // ' " `
	Open          // ( [ {
	Close         // ) ] }
	Mark          // other bytes a language looks at: # / \ ; : and so on
)

// Table maps bytes to classes.
type Table [256]Class

// NewTable makes a table with letters, newlines, quotes and brackets, and the bytes
// of marks as Mark.
func NewTable(quotes, marks string) *Table {
	var t Table
	for c := 0; c < 256; c++ {
		if IsLetter(byte(c)) {
			t[c] = Letter
		}
	}
	t['\n'], t['\r'] = Newline, Newline
	for _, c := range []byte(quotes) {
		t[c] = Quote
	}
	for _, c := range []byte("([{") {
		t[c] = Open
	}
	for _, c := range []byte(")]}") {
		t[c] = Close
	}
	for _, c := range []byte(marks) {
		t[c] = Mark
	}
	return &t
}

// IsLetter reports whether c can stand in an identifier: ASCII letters, digits,
// underscore, and every byte of a character beyond ASCII.
func IsLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

// Word gives the end of the identifier at i.
func Word(s []byte, i int) int {
	for i < len(s) && IsLetter(s[i]) {
		i++
	}
	return i
}

// Blank skips blanks and tabs.
func Blank(s []byte, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// White skips blanks, tabs and line ends.
func White(s []byte, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

// LineEnd gives the offset of the next LF or CR, or the text's end.
func LineEnd(s []byte, i int) int {
	for i < len(s) && s[i] != '\n' && s[i] != '\r' {
		i++
	}
	return i
}

// prompts are the signs by which a shell asks for a command.
var prompts = []string{"$ ", "% ", "❯ ", "> "}

// WithoutPrompt is a line without the sign of a shell before it, and without the
// blanks around.
func WithoutPrompt(line string) string {
	line = strings.TrimSpace(line)
	for _, p := range prompts {
		line = strings.TrimSpace(strings.TrimPrefix(line, p))
	}
	return line
}

// NextLine gives the offset of the first byte after the next line end: LF, CRLF
// or lone CR.
func NextLine(s []byte, i int) int {
	i = LineEnd(s, i)
	if i < len(s) && s[i] == '\r' {
		i++
		if i < len(s) && s[i] == '\n' {
			i++
		}
		return i
	}
	return min(i+1, len(s))
}

// LineStart gives the offset of the first byte of the line that holds i.
func LineStart(s []byte, i int) int {
	for i > 0 && s[i-1] != '\n' && s[i-1] != '\r' {
		i--
	}
	return i
}

// Has reports whether word stands at i, whole.
func Has(s []byte, i int, word string) bool {
	return i >= 0 && i+len(word) <= len(s) && string(s[i:i+len(word)]) == word &&
		(i+len(word) == len(s) || !IsLetter(s[i+len(word)]))
}
