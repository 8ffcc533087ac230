package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"figment/scanner/verdict"
)

// styles are all colours and attributes. Without colour bold, faint and reverse
// remain, which is enough to see what is selected.
type styles struct {
	title, dim, group, selected, marked  lipgloss.Style
	err, warn, note, unverified, good    lipgloss.Style
	key, rule, caret, added, removed, in lipgloss.Style
}

func newStyles(dark bool) styles {
	pick := lipgloss.LightDark(dark)
	color := func(light, dark string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	plain := lipgloss.NewStyle()
	return styles{
		title:      plain.Bold(true),
		dim:        color("#6a6a6a", "#8a8a8a"),
		group:      color("#005f87", "#5fafd7").Bold(true),
		selected:   plain.Reverse(true).Bold(true),
		marked:     color("#875f00", "#d7af5f").Bold(true),
		err:        color("#af0000", "#ff5f5f").Bold(true),
		warn:       color("#875f00", "#ffaf00").Bold(true),
		note:       color("#005f87", "#5fafff").Bold(true),
		unverified: color("#5f5f87", "#afafd7").Bold(true),
		good:       color("#005f00", "#87d787").Bold(true),
		key:        plain.Bold(true),
		rule:       color("#9a9a9a", "#5a5a5a"),
		caret:      color("#af0000", "#ff5f5f").Bold(true),
		added:      color("#005f00", "#87d787"),
		removed:    color("#af0000", "#ff8787"),
		in:         plain.Underline(true),
	}
}

func (s *styles) severity(v verdict.Severity) lipgloss.Style {
	switch v {
	case verdict.Error:
		return s.err
	case verdict.Warning:
		return s.warn
	case verdict.Note:
		return s.note
	}
	return s.unverified
}

// glyphs are the marks of the frame.
type glyphs struct {
	cursor, mark, done              string
	line, bar                       string
	topLeft, topRight, lowLeft, low string
	full, empty, more, ellipsis     string
	dot, spin, arrows               string
}

func newGlyphs(ascii bool) glyphs {
	if ascii {
		return glyphs{">", "*", "=", "-", "|", "+", "+", "+", "+", "#", ".", "v", ".", "x", `|/-\`, "up/down"}
	}
	return glyphs{"▸", "●", "✓", "─", "│", "┌", "┐", "└", "┘", "▓", "░", "↓", "…", "•", "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "↑↓"}
}

// ascii reports whether the frame has to do with ASCII: on request, or where
// the locale says that the terminal shows nothing else.
func ascii(env func(string) string) bool {
	if v := env("FIGMENT_ASCII"); v != "" && v != "0" {
		return true
	}
	for _, n := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := env(n); v != "" {
			v = strings.ToLower(v)
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return false
}
