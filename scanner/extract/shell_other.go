package extract

import (
	"bytes"
	"strings"

	"figment/scanner/text"
)

func matchOtherShell(f *text.Fragment) bool {
	return f.Lang == text.PowerShell || f.Lang == text.Cmd
}

// extractOtherShell reads PowerShell and batch files line by line.
func extractOtherShell(f *text.Fragment, e *Emitter) error {
	if !MayInstall(f.Text) {
		return nil
	}
	c := newCommandReader(f, e, 0)
	joiner, comment := byte('`'), "#"
	if f.Lang == text.Cmd {
		joiner, comment = '^', "::"
	}
	s := f.Text
	for i := 0; i < len(s); {
		end := text.LineEnd(s, i)
		if n, sure := shellPrompt(s[i:end]); sure && bytes.IndexByte(s[i:i+n], '>') >= 0 {
			i += n // PS C:\x>
		}
		var b text.Builder
		for end > i && s[end-1] == joiner && end < len(s) {
			b.Verbatim(s[i:end-1], i)
			b.Escape(" ", end-1, 1)
			i = text.NextLine(s, end)
			end = text.LineEnd(s, i)
		}
		b.Verbatim(s[i:end], i)
		i = text.NextLine(s, end)
		src, m := b.Done()
		line := strings.TrimSpace(string(src))
		if strings.HasPrefix(line, comment) || strings.HasPrefix(strings.ToUpper(line), "REM ") || line == "" {
			continue
		}
		for _, ws := range splitLine(src, 0, "`") {
			for k := range ws {
				for n := range ws[k].offs {
					ws[k].offs[n] = m.Outer(text.Span{Start: ws[k].offs[n], End: ws[k].offs[n] + 1}).Start
				}
			}
			c.words(ws)
		}
	}
	return nil
}

// extractLoose reads a text of no known kind: lines that begin with a manager.
func extractLoose(f *text.Fragment, e *Emitter) error {
	s := f.Text
	for i := 0; i < len(s); i = text.NextLine(s, i) {
		end := text.LineEnd(s, i)
		at := text.Blank(s, i)
		first, _, _ := strings.Cut(string(s[at:min(end, at+200)]), " ")
		if managers[program(first)] && MayInstall(s[at:end]) {
			for end > at && s[end-1] == '\\' && end < len(s) {
				end = text.LineEnd(s, text.NextLine(s, end))
			}
			c := f.Child(text.Span{Start: at, End: end}, text.Shell)
			e.Fragment(c, 0)
			i = end
			continue
		}
		if MayInstall(s[i:end]) {
			e.Fragment(f.Child(text.Span{Start: i, End: end}, text.Prose), 0)
		}
	}
	return nil
}

// managers are programs whose commands install packages.
var managers = map[string]bool{
	"pip": true, "python": true, "uv": true, "uvx": true, "pipx": true, "poetry": true, "pdm": true, "rye": true, "pipenv": true, "conda": true, "mamba": true,
	"npm": true, "npx": true, "pnpm": true, "pnpx": true, "yarn": true, "bun": true, "bunx": true, "deno": true, "ni": true, "go": true, "cargo": true,
	"gem": true, "bundle": true, "composer": true, "dotnet": true, "dart": true, "flutter": true, "mix": true, "sudo": true, "py": true, "easy_install": true,
}
