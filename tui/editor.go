package tui

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// editorCommand is the command that opens file at a line and column: VISUAL,
// EDITOR, or what the system has. The variable is split into words and never
// put to a shell.
func editorCommand(env func(string) string, file string, line, column int) []string {
	var args []string
	for _, n := range []string{"VISUAL", "EDITOR"} {
		if args = words(env(n)); len(args) > 0 {
			break
		}
	}
	if len(args) == 0 {
		args = []string{"vi"}
		if runtime.GOOS == "windows" {
			args = []string{"notepad"}
		}
	}
	base := strings.TrimSuffix(strings.ToLower(filepath.Base(filepath.ToSlash(args[0]))), ".exe")
	switch base {
	case "vi", "vim", "nvim", "gvim", "view", "nano", "pico", "emacs", "emacsclient", "kak", "micro", "joe", "mg", "ne":
		return append(args, fmt.Sprintf("+%d", line), file)
	case "hx", "helix", "zed":
		return append(args, fmt.Sprintf("%s:%d", file, line))
	case "code", "codium", "code-insiders", "cursor", "windsurf":
		return append(args, "-g", fmt.Sprintf("%s:%d:%d", file, line, column))
	case "subl", "sublime_text":
		return append(args, fmt.Sprintf("%s:%d:%d", file, line, column))
	}
	return append(args, file)
}

// browserCommand is the command that shows a page.
func browserCommand(env func(string) string, url string) []string {
	if args := words(env("BROWSER")); len(args) > 0 {
		return append(args, url)
	}
	switch runtime.GOOS {
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", url}
	case "darwin":
		return []string{"open", url}
	}
	return []string{"xdg-open", url}
}

// words splits a command at blanks; quotes hold blanks together.
func words(s string) []string {
	var out []string
	var b strings.Builder
	var quote rune
	in := false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, in = r, true
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n'):
			if in {
				out = append(out, b.String())
				b.Reset()
				in = false
			}
		default:
			b.WriteRune(r)
			in = true
		}
	}
	if in {
		out = append(out, b.String())
	}
	return out
}
