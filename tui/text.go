package tui

import (
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"charm.land/lipgloss/v2"

	"figment/internal/term"
)

// maxSentence is how many bytes of one foreign sentence are looked at.
const maxSentence = 4000

// name makes a foreign name fit to be drawn.
func name(s string) string { return term.SafeName(s) }

// sentence makes a foreign sentence fit to be drawn.
func sentence(s string) string {
	if len(s) > maxSentence {
		s = s[:maxSentence]
	}
	return strings.ReplaceAll(term.Safe(s), "\t", "    ")
}

// width is the number of cells that s takes; escapes take none.
func width(s string) int {
	if plain(s) {
		return len(s)
	}
	return lipgloss.Width(s)
}

// plain reports whether s is printable ASCII: the common case, whose width is
// its length.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// cut shortens s to at most w cells; what was left out shows as an ellipsis.
func cut(s string, w int, ellipsis string) string {
	if w < 1 {
		return ""
	}
	if width(s) <= w {
		return s
	}
	return ansi.Truncate(s, w, ellipsis)
}

// cutLeft shortens s to its last w cells.
func cutLeft(s string, w int, ellipsis string) string {
	if w < 1 {
		return ""
	}
	n := width(s)
	if n <= w {
		return s
	}
	if w <= width(ellipsis) {
		return ansi.Truncate(ellipsis, w, "")
	}
	return cut(ansi.TruncateLeft(s, n-w+width(ellipsis), ellipsis), w, "")
}

// pad sets s in exactly w cells.
func pad(s string, w int, ellipsis string) string {
	s = cut(s, w, ellipsis)
	return s + blank(w-width(s))
}

// right sets s in exactly w cells, at their end.
func right(s string, w int, ellipsis string) string {
	s = cut(s, w, ellipsis)
	return blank(w-width(s)) + s
}

// sides sets left and right at the ends of a line of w cells. Where both do not
// fit, right is kept.
func sides(l, r string, w int, ellipsis string) string {
	if r == "" {
		return pad(l, w, ellipsis)
	}
	r = cut(r, w, ellipsis)
	room := w - width(r) - 1
	if room < 1 {
		return pad(r, w, ellipsis)
	}
	return pad(l, room, ellipsis) + " " + r
}

func blank(n int) string {
	if n <= 0 {
		return ""
	}
	return strings.Repeat(" ", n)
}

// wrap breaks s into lines of at most w cells, between words: a date or a name
// with a hyphen stays whole if it can.
func wrap(s string, w int) []string {
	if w < 1 {
		return nil
	}
	if width(s) <= w {
		return []string{s}
	}
	var lines []string
	var line strings.Builder
	used := 0
	end := func() {
		lines = append(lines, cut(strings.TrimRight(line.String(), " "), w, ""))
		line.Reset()
		used = 0
	}
	for i, word := range strings.Split(s, " ") {
		n := width(word)
		switch {
		case i > 0 && used+1+n > w && used > 0:
			end()
		case i > 0:
			line.WriteByte(' ')
			used++
		}
		if n <= w-used {
			line.WriteString(word)
			used += n
			continue
		}
		parts := strings.Split(ansi.Hardwrap(word, w, true), "\n")
		for k, part := range parts {
			if k > 0 || used > 0 && used+width(part) > w {
				end()
			}
			line.WriteString(part)
			used += width(part)
		}
	}
	end()
	return lines
}

// fits gives the first text that has room in w cells, else the last.
func fits(w int, texts ...string) string {
	for _, t := range texts[:len(texts)-1] {
		if width(t) <= w {
			return t
		}
	}
	return texts[len(texts)-1]
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return itoa(n) + " " + thing + "s"
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// plainText is s without styles.
func plainText(s string) string { return ansi.Strip(s) }
