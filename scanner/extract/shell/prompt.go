package shell

import (
	"bytes"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"figment/internal/lazyregexp"
	"figment/scanner/extract"
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
	var open session
	for i := 0; i < len(s); {
		end, next := text.LineEnd(s, i), text.NextLine(s, i)
		line := s[i:end]
		n, sure := g.shellPrompt(line)
		if n > 0 && !sure && bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("# ")) && !g.startsManager(bytes.TrimLeft(line, " \t")[2:]) {
			n = 0
		}
		on, goesOn := open.continued(line)
		switch {
		case goesOn:
			n = on
		case n > 0 && (sure || bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("# "))):
			open = session{joiner: joinerOf(line[:n]), lead: len(line) - len(bytes.TrimLeft(line, " \t"))}
		case g.installLine(line):
			n, open = 0, session{joiner: '\\'} // between the prompts, but no output
		default:
			open = session{}
			i = next
			continue
		}
		open.take(&b, s, i+n, end, next)
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

// A session is what was written behind the last prompt of a transcript.
type session struct {
	joiner byte   // what ends a line that goes on; 0: none was written
	lead   int    // blanks before the prompt
	text   []byte // of the command, as far as it is looked at
	more   bool   // its last line ends with the joiner
}

// maxSession bounds how much of a command is looked at to see whether it goes on,
// and how often.
const maxSession = 4000

// joinerOf gives the character that ends a line which goes on, in the shell with
// that prompt.
func joinerOf(prompt []byte) byte {
	t := bytes.TrimSpace(prompt)
	switch {
	case !bytes.HasSuffix(t, []byte(">")):
		return '\\'
	case bytes.Contains(t, []byte("PS")):
		return '`'
	case bytes.Contains(t, []byte(`:\`)):
		return '^'
	}
	return '\\'
}

// continued reports whether a line belongs to the command before it, and the
// length of the prompt with which the shell asks for more: "> ", ">> ", "More? ".
func (o *session) continued(line []byte) (n int, ok bool) {
	if o.joiner == 0 {
		return 0, false
	}
	t := line[min(o.lead, len(line)):]
	if len(bytes.TrimSpace(line[:len(line)-len(t)])) > 0 {
		t = line
	}
	for _, prompt := range []string{">> ", "> ", "More? ", "quote> ", "dquote> ", "for> ", "pipe> ", "heredoc> ", "cmdand> ", "cursh> "} {
		if bytes.HasPrefix(t, []byte(prompt)) || string(t) == strings.TrimSuffix(prompt, " ") {
			return min(len(line), len(line)-len(t)+len(prompt)), o.more || o.unfinished()
		}
	}
	return 0, o.more
}

// unfinished reports whether a command of the shell does not end where it does: a
// quote, a loop or a here-document is open.
func (o *session) unfinished() (open bool) {
	if o.joiner != '\\' || len(o.text) == 0 || len(o.text) > maxSession || bytes.Count(o.text, []byte("\n")) > 50 {
		return false
	}
	defer func() {
		if recover() != nil {
			open = false
		}
	}()
	if bytes.Contains(o.text, []byte("<<")) {
		return unfinishedDocument(o.text)
	}
	_, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(o.text), "")
	return syntax.IsIncomplete(err)
}

// unfinishedDocument reports whether the line that ends a here-document is still
// to come.
func unfinishedDocument(s []byte) bool {
	at := bytes.Index(s, []byte("<<"))
	word := bytes.TrimLeft(s[at+2:], "- \t'\"\\")
	end := 0
	for end < len(word) && (word[end] == '_' || word[end] > ' ' && !bytes.ContainsAny(word[end:end+1], "'\";|&<>()")) {
		end++
	}
	if end == 0 || bytes.HasPrefix(s[at:], []byte("<<<")) {
		return false
	}
	for line := range bytes.Lines(s[at:]) {
		if bytes.Equal(bytes.TrimSpace(line), word[:end]) {
			return false
		}
	}
	return true
}

// take writes a line of a command, without its prompt, as the shell knows it.
func (o *session) take(b *text.Builder, s []byte, i, end, next int) {
	i = min(i, end)
	line := bytes.TrimRight(s[i:end], " \t")
	o.more = len(line) > 0 && line[len(line)-1] == o.joiner
	if len(o.text) <= maxSession {
		o.text = append(append(o.text, s[i:end]...), '\n')
	}
	if !o.more || o.joiner == '\\' {
		b.Verbatim(s[i:next], i)
		return
	}
	at := i + len(line) - 1
	b.Verbatim(s[i:at], i)
	b.Escape("\\\n", at, max(1, next-at))
}

// pythonSession hands over the lines of a transcript that Python was given: a
// session of it, or one inside of the shell's.
func pythonSession(f *text.Fragment, e *extract.Emitter) {
	s := f.Text
	if !bytes.HasPrefix(s, []byte(">>> ")) && !bytes.Contains(s, []byte("\n>>> ")) {
		return
	}
	var b text.Builder
	for i := 0; i < len(s); i = text.NextLine(s, i) {
		if bytes.HasPrefix(s[i:], []byte(">>> ")) || bytes.HasPrefix(s[i:], []byte("... ")) {
			b.Verbatim(s[i:text.NextLine(s, i)], i)
		}
	}
	src, m := b.Done()
	e.Fragment(f.Derive(src, m, text.Python), 0)
}
