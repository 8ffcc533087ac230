package shell

import (
	"bytes"
	"strings"

	"figment/internal/lazyregexp"
	"figment/scanner/text"
)

// Prompts as shells and their themes write them.
var (
	// root@id:/app#, me@mac dir %, [me@host dir]$, (venv) u@h:~$, bash-5.2#, PS>
	namedPrompt = lazyregexp.New(`^(?:\([\w .-]+\) ?)?(?:\[[\w.-]+@[\w.-]+[ :][^\]]*\] ?[$#%]|[\w.-]+@[\w.-]+(?:[: ][^ $#%=\x27"]*)? ?[$#%]|(?:ba|da|z|k|a)?sh-\d[\d.]*[$#]|PS ?>) +`)
	// ➜  dir git:(main) ✗
	arrowPrompt = lazyregexp.New(`^➜ +[^ ]+ +(?:git:\([^)]*\) +)?(?:✗ +)?`)
	// ~/app $, /app #
	folderPrompt = lazyregexp.New(`^[~/][^ ]* ?[$#%❯] +`)
)

// shellPrompt gives the length of a prompt at the start of a line. sure is
// false for signs that are no prompt by themselves.
func (g *Grammar) shellPrompt(line []byte) (n int, sure bool) {
	t := bytes.TrimLeft(line, " \t")
	lead := len(line) - len(t)
	if m := namedPrompt().FindIndex(t[:min(len(t), 160)]); m != nil {
		return lead + m[1], true
	}
	if m := arrowPrompt().FindIndex(t[:min(len(t), 160)]); m != nil && g.startsManager(t[m[1]:]) {
		return lead + m[1], true
	}
	if m := folderPrompt().FindIndex(t[:min(len(t), 160)]); m != nil && g.startsManager(t[m[1]:]) {
		return lead + m[1], true
	}
	for _, p := range []string{"$ ", "% ", "❯ ", "➜ ", "> "} {
		if bytes.HasPrefix(t, []byte(p)) {
			return lead + len(p), p != "> " || g.startsManager(t[2:])
		}
	}
	if bytes.HasPrefix(t, []byte("# ")) {
		return lead + 2, false
	}
	if at := bytes.Index(t[:min(len(t), 60)], []byte(") ")); at > 0 && t[0] == '(' { // (venv) C:\x>
		if n, sure := windowsPrompt(t[at+2:]); sure {
			return lead + at + 2 + n, true
		}
	}
	if n, sure := windowsPrompt(t); sure {
		return lead + n, true
	}
	// (venv) user@host:~/x$
	if at := bytes.Index(t, []byte("$ ")); at > 0 && at < 120 {
		head := string(t[:at])
		if i := strings.LastIndexByte(head, ' '); i >= 0 && strings.HasPrefix(head, "(") && strings.HasSuffix(head[:i], ")") {
			head = head[i+1:]
		}
		if strings.Contains(head, "@") && !strings.ContainsAny(head, " ='\"") || strings.HasPrefix(string(t), "(") && !strings.ContainsAny(head, " ='\"") {
			return lead + at + 2, true
		}
	}
	return 0, false
}

// windowsPrompt gives the length of a prompt of PowerShell or of the command
// interpreter: "PS C:\\x> ", "C:\\x>".
func windowsPrompt(t []byte) (n int, sure bool) {
	if !bytes.HasPrefix(t, []byte("PS ")) && !(len(t) > 3 && t[1] == ':' && t[2] == '\\') {
		return 0, false
	}
	at := bytes.IndexByte(t, '>')
	if at <= 0 || at >= 120 {
		return 0, false
	}
	at++
	if at < len(t) && t[at] == ' ' {
		at++
	}
	return at, true
}

func (g *Grammar) startsManager(t []byte) bool {
	first, _, _ := strings.Cut(string(t[:min(len(t), 200)]), " ")
	return g.managers[program(first)] || g.MayInstall(t)
}

// installLine reports whether a line without a prompt begins as a command of a
// package manager that installs: "npm i", "pip install", and no word of output.
func (g *Grammar) installLine(line []byte) bool {
	f := bytes.Fields(line[:min(len(line), 300)])
	if len(f) < 3 || !g.managers[string(f[0])] {
		return false
	}
	switch string(f[1]) {
	case "install", "i", "add", "get", "dlx", "exec":
		return true
	}
	return string(f[0]) == "npx" || string(f[0]) == "uvx"
}

// withoutShellPrompts takes the prompts off a transcript and leaves the output
// out. It gives nil for a text without prompts.
func (g *Grammar) withoutShellPrompts(f *text.Fragment) *text.Fragment {
	s := f.Text
	prompts := false
	for i := 0; i < len(s) && !prompts; i = text.NextLine(s, i) {
		_, sure := g.shellPrompt(s[i:text.LineEnd(s, i)])
		prompts = sure
	}
	if !prompts {
		return nil
	}
	var b text.Builder
	more := false
	for i := 0; i < len(s); {
		end, next := text.LineEnd(s, i), text.NextLine(s, i)
		line := s[i:end]
		n, sure := g.shellPrompt(line)
		if n > 0 && !sure && bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("# ")) && !g.startsManager(bytes.TrimLeft(line, " \t")[2:]) {
			n = 0
		}
		switch {
		case more:
			b.Verbatim(s[i:next], i)
		case n > 0 && (sure || bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("# "))):
			b.Verbatim(s[i+n:next], i+n)
		case g.installLine(line):
			b.Verbatim(s[i:next], i) // between the prompts, but no output
		default:
			i = next
			continue
		}
		more = bytes.HasSuffix(bytes.TrimRight(line, " \t"), []byte(`\`))
		i = next
	}
	src, m := b.Done()
	d := f.Derive(src, m, f.Lang)
	d.Depth, d.Cut = f.Depth, f.Cut
	if d.Depth < text.MaxDepth {
		d.Depth++
	}
	for i := 0; i < len(src); i = text.NextLine(src, i) {
		if _, sure := g.shellPrompt(src[i:text.LineEnd(src, i)]); sure {
			return nil // a prompt behind a prompt: leave it alone
		}
	}
	return d
}
