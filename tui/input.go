package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"figment/internal/term"
)

// input is a line that a person edits. bubbles/textinput is not used: it links
// a clipboard package that looks for programs along PATH when figment starts,
// also for figment version.
type input struct {
	text []rune
	at   int
}

const inputRunes = 300

func (i *input) set(s string) {
	i.text, i.at = nil, 0
	i.insert(s)
}

func (i *input) value() string { return string(i.text) }

// insert takes typed or pasted text without what could hide or be obeyed.
func (i *input) insert(s string) {
	for _, r := range s {
		if len(i.text) >= inputRunes {
			return
		}
		if r == '\t' || r == '\n' {
			r = ' '
		}
		if term.Hidden(r) || r == '\uFFFD' {
			continue
		}
		i.text = append(i.text[:i.at], append([]rune{r}, i.text[i.at:]...)...)
		i.at++
	}
}

// Update edits; it reports whether the message was for the line.
func (i *input) Update(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		i.insert(msg.Content)
		return true
	case tea.KeyPressMsg:
		switch msg.String() {
		case "backspace", "ctrl+h":
			if i.at > 0 {
				i.text = append(i.text[:i.at-1], i.text[i.at:]...)
				i.at--
			}
		case "delete":
			if i.at < len(i.text) {
				i.text = append(i.text[:i.at], i.text[i.at+1:]...)
			}
		case "left":
			i.at = max(i.at-1, 0)
		case "right":
			i.at = min(i.at+1, len(i.text))
		case "home", "ctrl+a":
			i.at = 0
		case "end", "ctrl+e":
			i.at = len(i.text)
		case "ctrl+u":
			i.text, i.at = i.text[i.at:], 0
		case "ctrl+w":
			head := strings.TrimRight(string(i.text[:i.at]), " ")
			head = head[:strings.LastIndexByte(head, ' ')+1]
			n := len([]rune(head))
			i.text, i.at = append(i.text[:n], i.text[i.at:]...), n
		default:
			if msg.Text == "" {
				return false
			}
			i.insert(msg.Text)
		}
		return true
	}
	return false
}

// View draws the part of the line around the cursor in w cells, and says in
// which cell the cursor is.
func (i *input) View(w int) (string, int) {
	if w < 2 {
		return blank(w), 0
	}
	from := 0
	for from < i.at && width(term.Safe(string(i.text[from:i.at]))) > w-1 {
		from++
	}
	at := min(width(term.Safe(string(i.text[from:i.at]))), w-1)
	return pad(term.Safe(string(i.text[from:])), w, ""), at
}
