// Package term prints foreign text without letting it act: names, paths, source
// lines and answers of registries come from strangers, and a terminal obeys what
// it is sent. It also knows what a writer can show: colour, width, cells.
package term

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	xterm "golang.org/x/term"
)

const (
	nameCells = 214 // npm's longest name; no registry that figment asks has longer ones in use
	tabCells  = 4
	maxMarks  = 4 // combining marks in a row
)

// Hidden reports whether r could hide, reorder or be obeyed where it is shown:
// controls (also tab and line ends), formats, fillers and separators.
func Hidden(r rune) bool {
	switch {
	case r < 0x20 || r >= 0x7F && r <= 0x9F:
		return true
	case r < 0xAD:
		return false
	case r >= 0xFE00 && r <= 0xFE0F, // variation selectors
		r >= 0xE0000 && r <= 0xE0FFF, // tags and more selectors
		r >= 0x180B && r <= 0x180F,   // Mongolian selectors
		r >= 0x2060 && r <= 0x206F,   // invisible operators
		r >= 0xFFF0 && r <= 0xFFFB,   // unassigned, interlinear
		r == 0x2028, r == 0x2029,     // separators
		r == 0x034F, r == 0x061C, // joiner, Arabic mark
		r == 0x115F, r == 0x1160, // Hangul fillers
		r == 0x3164, r == 0xFFA0, // more of them
		r == 0x17B4, r == 0x17B5, // Khmer inherent vowels
		r&0xFFFE == 0xFFFE && r > 0xFFFD: // noncharacters
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// Safe makes s fit to be shown on one line: what could hide or be obeyed is
// written out, as \x1b or <U+202E>, and so are bytes that are no UTF-8 and
// combining marks after the fourth in a row. Tabs stay.
func Safe(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	marks := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		mark := r >= 0x300 && unicode.Is(unicode.M, r)
		if mark {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\t':
			b.WriteByte('\t')
		case r < utf8.RuneSelf && Hidden(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case mark && marks > maxMarks, Hidden(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// plain reports whether all of s is printable ASCII or tab.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7F || c < 0x20 && c != '\t' {
			return false
		}
	}
	return true
}

// SafeName is Safe for names: tabs are written out too, and what is longer than
// any name in use is cut.
func SafeName(s string) string {
	if len(s) > 16*nameCells { // no need to look at all of a megabyte
		s = s[:16*nameCells]
	}
	return Cut(strings.ReplaceAll(Safe(s), "\t", `\x09`), nameCells)
}

// Cut shortens s to at most cells, the last of which then is an ellipsis. A line
// break or control in s has no width: pass s through Safe before.
func Cut(s string, cells int) string {
	if cells < 1 {
		return ""
	}
	if Cells(s) <= cells {
		return s
	}
	width := 0
	for i, r := range s {
		width += runeCells(r)
		if width > cells-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// CutLeft shortens s to at most cells from its end; the first then is an
// ellipsis.
func CutLeft(s string, cells int) string {
	if cells < 1 {
		return ""
	}
	over := Cells(s) - cells
	if over <= 0 {
		return s
	}
	for i, r := range s {
		if over < 0 {
			return "…" + s[i:]
		}
		over -= runeCells(r)
	}
	return "…"
}

// Cells is the number of terminal cells that s takes, tabs counted as four. The
// width of a rune does not depend on the locale.
func Cells(s string) int {
	n := 0
	for _, r := range s {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	switch {
	case r == '\t':
		return tabCells
	case r < 0x20 || r == 0x7F:
		return 0
	case r < 0x7F:
		return 1
	}
	c := runewidth.Condition{StrictEmojiNeutral: true}
	return c.RuneWidth(r)
}

// UseColor decides whether to write colour to w. When is never, always or auto;
// env gives environment variables.
func UseColor(w io.Writer, when string, env func(string) string) bool {
	switch when {
	case "never":
		return false
	case "always":
		return true
	}
	if env("NO_COLOR") != "" || env("FIGMENT_NO_COLOR") != "" {
		return false
	}
	for _, name := range []string{"FORCE_COLOR", "CLICOLOR_FORCE"} {
		if v := env(name); v != "" && v != "0" && v != "false" {
			return true
		}
	}
	return env("TERM") != "dumb" && IsTerminal(w)
}

// IsTerminal reports whether w writes to a terminal.
func IsTerminal(w io.Writer) bool {
	fd, ok := descriptor(w)
	return ok && xterm.IsTerminal(fd)
}

// Width is the number of cells in a line of w, if w is a terminal.
func Width(w io.Writer) (int, bool) {
	fd, ok := descriptor(w)
	if !ok || !xterm.IsTerminal(fd) {
		return 0, false
	}
	width, _, err := xterm.GetSize(fd)
	return width, err == nil && width > 0
}

func descriptor(w io.Writer) (int, bool) {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return 0, false
	}
	return int(f.Fd()), true
}
