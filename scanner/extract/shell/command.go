package shell

import (
	"path"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// program is the name by which a program is known: without folder, ending and
// version.
func program(w string) string {
	w = strings.ReplaceAll(w, `\`, "/")
	w = path.Base(w)
	for _, ext := range []string{".exe", ".cmd", ".bat", ".ps1"} {
		w = strings.TrimSuffix(w, ext)
	}
	switch base := strings.TrimRight(w, "0123456789."); base {
	case "pip", "python", "pypy", "easy_install-", "npm", "node", "ruby", "php", "easy_install":
		return strings.TrimSuffix(base, "-")
	}
	return w
}

// wrappers run the command that follows them. The value says which of their
// flags take a value.
var wrappers = map[string]string{
	"sudo": "-u -g -h -p -C -T -U -D -R", "doas": "-u -C", "time": "-f -o", "nice": "-n", "ionice": "-c -n -p", "nohup": "", "exec": "-a", "command": "", "builtin": "",
	"stdbuf": "-i -o -e", "xvfb-run": "-e -f -n -p -s -w", "setsid": "", "env": "-u -C -S", "call": "", "start": "", "then": "", "else": "", "do": "", "!": "", "{": "", "(": "",
	"cross-env": "", "strace": "-o -e -p -s -u", "ltrace": "-o -e -p -s -u", "tini": "-p -e", "dumb-init": "-r", "fakeroot": "-l -s -i",
	"winpty": "", "caffeinate": "-t", "unbuffer": "", "wsl": "-d -u", "chronic": "", "coproc": "", "run": "",
}

// maxPeel bounds how often words may make others inside a command.
const maxPeel = 20

// peel takes off what runs the command that follows it: assignments, sudo, env,
// time and the like.
func (c *Reader) peel(ws []Word) []Word {
	for n := len(ws) + maxPeel; len(ws) > 0; n-- { // each turn takes a word, or splits one
		if n == 0 {
			c.tooDeep()
			return nil
		}
		first := ws[0].Text
		if isAssignment(first) {
			ws = ws[1:]
			continue
		}
		name := program(first)
		if name == "env" {
			if rest := splitString(ws); rest != nil {
				ws = rest
				continue
			}
		}
		if name == "env" || name == "cross-env" || name == "sudo" || name == "doas" {
			ws = SkipFlags(ws[1:], wrappers[name])
			for len(ws) > 0 && isAssignment(ws[0].Text) {
				ws = ws[1:]
			}
			continue
		}
		if values, ok := wrappers[name]; ok {
			ws = SkipFlags(ws[1:], values)
			for name == "start" && len(ws) > 0 && strings.HasPrefix(ws[0].Text, "/") && len(ws[0].Text) < 6 { // start /b of Windows
				ws = ws[1:]
			}
			continue
		}
		switch name {
		case "timeout", "flock", "chroot", "gosu", "su-exec", "setuidgid", "s6-setuidgid":
			ws = SkipFlags(ws[1:], "-s -k -w -E --signal --kill-after --userspec --groups")
			if len(ws) > 0 {
				ws = ws[1:]
			}
			continue
		case "docker", "podman", "nerdctl":
			if rest, ok := insideContainer(ws); ok {
				ws = rest
				continue
			}
		case "scfw":
			if len(ws) > 1 && ws[1].Text == "run" {
				ws = SkipFlags(ws[2:], "--executable")
				continue
			}
		case "pmg", "sfw":
			if rest := SkipFlags(ws[1:], ""); len(rest) > 0 && c.g.managers[program(rest[0].Text)] {
				ws = rest
				continue
			}
		case "claude", "codex", "gemini":
			if rest := addedServer(ws, name == "codex"); rest != nil {
				ws = rest
				continue
			}
		}
		if w := c.g.wrappers[name]; w != nil {
			if rest := w.inner(ws); rest != nil {
				c.managed = c.managed || w.Managed
				ws = rest
				continue
			}
		}
		if HasWord(runners, name) {
			if rest := c.behind(ws[1:]); rest != nil {
				ws = rest
				continue
			}
		}
		if tool, ok := strings.CutPrefix(name, "aikido-"); ok && c.g.managers[tool] {
			ws = append([]Word{ws[0].Sub(len(first)-len(tool), len(first))}, ws[1:]...)
		}
		return ws
	}
	return ws
}

// addedServer gives the command that an assistant is told to run as a server:
// "claude mcp add name -- npx x".
func addedServer(ws []Word, dashes bool) []Word {
	if len(ws) < 4 || ws[1].Text != "mcp" || ws[2].Text != "add" {
		return nil
	}
	for i, w := range ws {
		if w.Text == "--" {
			return ws[i+1:]
		}
	}
	if dashes {
		return nil
	}
	const values = "-s --scope -t --transport -e --env -H --header --client-id --callback-port --timeout --description --include-tools --exclude-tools"
	rest := SkipFlags(ws[3:], values)
	if len(rest) < 2 {
		return nil
	}
	return SkipFlags(rest[1:], values)
}

// Words reads one simple command.
func (c *Reader) Words(ws []Word) {
	if all := turns(ws); len(all) > 1 && len(all)*len(all[0]) <= maxTurned {
		defer c.eachOnce()()
		for _, ws := range all {
			c.Words(ws)
		}
		return
	}
	c.told = false
	managed := c.managed
	defer func() { c.managed = managed }()
	defer c.assignments(ws)()
	c.envFiles(ws)
	for n := len(ws) + maxPeel; ; n-- {
		if ws = c.peel(ws); len(ws) == 0 {
			return
		}
		if n == 0 {
			c.tooDeep()
			return
		}
		name := program(ws[0].Text)
		if at := strings.IndexByte(name, '$'); at > 0 && ws[0].Hole != "" && (c.knows(program(name[:at])) || HasWord("python pypy py bash sh zsh dash ksh", program(name[:at]))) {
			// A version, or nothing, stands behind the program's name.
			name = program(name[:at])
			flags := c.flags
			c.flags |= extract.Dynamic
			defer func() { c.flags = flags }()
		}
		c.runs(ws)
		switch name {
		case "xargs", "parallel":
			c.overInput(name, ws)
			return
		case "cmd":
			if len(ws) > 1 && strings.EqualFold(ws[1].Text, "/c") {
				ws = c.unwrap(ws[2:])
				continue
			}
		case "bash", "sh", "zsh", "dash", "ksh", "ash", "powershell", "pwsh", "su", "runuser", "sg", "eval", "ssh", "watch":
			c.inner(name, ws[1:])
			return
		case "nix-shell":
			for i, w := range ws {
				if (w.Text == "--run" || w.Text == "--command") && i+1 < len(ws) && c.shell != nil {
					c.shell(ws[i+1])
				}
			}
			return
		case "python", "pypy", "py":
			ws = pythonModule(ws)
			if len(ws) == 0 {
				return
			}
			c.moduleRun(ws[0])
			continue
		}
		if c.g.loader(name) != nil {
			c.Preload(name, ws[1:])
		}
		if inner := c.inside(ws); len(inner) < min(len(ws), maxInside) && c.g.invoked(inner) != nil {
			c.runs(inner)
			if c.g.loader(program(inner[0].Text)) != nil {
				c.Preload(program(inner[0].Text), inner[1:])
			}
		}
		if !c.runner(name, ws) && !c.command(name, ws[1:]) {
			c.guessed(name, ws[1:])
		}
		return
	}
}

func isAssignment(s string) bool {
	i := strings.IndexByte(s, '=')
	if i <= 0 || s[0] == '-' {
		return false
	}
	for k := 0; k < i; k++ {
		if c := s[k]; !extract.IsAlnum(c) && c != '_' {
			return false
		}
	}
	return s[0] < '0' || s[0] > '9'
}

// SkipFlags drops the flags at the start of ws, with the values of those that take
// one.
func SkipFlags(ws []Word, values string) []Word {
	for len(ws) > 0 && strings.HasPrefix(ws[0].Text, "-") && len(ws[0].Text) > 1 {
		takes := strings.Contains(" "+values+" ", " "+ws[0].Text+" ")
		ws = ws[1:]
		if takes && len(ws) > 0 {
			ws = ws[1:]
		}
	}
	return ws
}

// insideContainer gives the command that docker run or exec starts.
func insideContainer(ws []Word) ([]Word, bool) {
	i := 1
	if i < len(ws) && ws[i].Text == "compose" {
		i++
	}
	if i >= len(ws) || ws[i].Text != "run" && ws[i].Text != "exec" {
		return nil, false
	}
	rest := SkipFlags(ws[i+1:], "-e --env -v --volume -w --workdir -u --user --name -p --publish --network --mount --entrypoint --env-file -l --label --platform --memory -m --cpus --hostname -h --add-host --gpus --cap-add --cap-drop --device --dns --ipc --ulimit --shm-size --restart --pull --user --tmpfs --security-opt --log-driver -c --context -f --file --profile")
	if len(rest) < 2 {
		return nil, false
	}
	return rest[1:], true
}

// pythonModule gives the command that python -m runs as a program, or nil.
func pythonModule(ws []Word) []Word {
	for i := 1; i < len(ws); i++ {
		t := ws[i].Text
		if t == "-m" && i+1 < len(ws) {
			return ws[i+1:]
		}
		// Flags of one letter may stand together, -m last: "-Im pip", "-Impip".
		if m := strings.IndexByte(t, 'm'); m > 0 && t[0] == '-' && strings.Trim(t[1:m], "bBdEhiIOPqRsSuvVx?") == "" {
			if m+1 == len(t) {
				return ws[min(i+1, len(ws)):]
			}
			return append([]Word{ws[i].Sub(m+1, len(t))}, ws[i+1:]...)
		}
		if !strings.HasPrefix(t, "-") || t == "-c" || t == "-" {
			return nil
		}
		if t == "-W" || t == "-X" || t == "--check-hash-based-pycs" {
			i++
		}
	}
	return nil
}

// unwrap: "cmd /c npx -y x" or one word that is a command line.
func (c *Reader) unwrap(ws []Word) []Word {
	if len(ws) == 1 && strings.Contains(ws[0].Text, " ") && c.shell != nil {
		c.shell(ws[0])
		return nil
	}
	return ws
}

// inner reads the command line that a shell is given as an argument.
func (c *Reader) inner(name string, ws []Word) {
	if c.shell == nil {
		return
	}
	switch name {
	case "eval":
		c.spoken(ws)
		return
	case "watch":
		c.spoken(SkipFlags(ws, "-n --interval -q --equexit -s --shotsdir"))
		return
	case "sg": // a group, and a line behind -c or without
		if len(ws) == 2 && ws[1].Text != "-c" {
			c.Line(ws[1])
			return
		}
	case "runuser":
		if rest := SkipFlags(ws, "-u --user -g --group -G --supp-group"); len(rest) > 0 && len(ws) > 1 && (ws[0].Text == "-u" || ws[0].Text == "--user") {
			c.Nested(rest)
			return
		}
	case "ssh":
		ws = SkipFlags(ws, sshValues)
		if len(ws) > 2 && ws[1].Text == "--" {
			ws = ws[1:]
		}
		if len(ws) > 1 {
			c.spoken(ws[1:])
		}
		return
	}
	for i, w := range ws {
		t := w.Text
		if strings.HasPrefix(t, "-") && (strings.HasSuffix(t, "c") && !strings.HasPrefix(t, "--") || strings.EqualFold(t, "-Command") || t == "--command") {
			if i = pastOptions(name, ws, i+1); i < len(ws) {
				if i+1 == len(ws) || name != "powershell" && name != "pwsh" {
					c.shell(withArguments(ws[i], ws[i+1:]))
				} else {
					c.Nested(ws[i:])
				}
			}
			return
		}
	}
}

// sshValues are the options of ssh that take a value.
const sshValues = "-p -i -l -o -F -J -L -R -D -b -c -E -e -I -m -O -Q -S -W -w -B"

// withArguments makes a text of a command line and of the words that it gets: a
// function of that text, and a call of it.
func withArguments(line Word, ws []Word) Word {
	if len(ws) < 2 || len(line.offs) == 0 || strings.IndexByte(line.Text, '$') < 0 {
		return line
	}
	open := blank(Word{end: line.offs[0] + 1}, "line() {\n")
	parts := []Word{open, line, blank(line, "\n}\nline")}
	for _, w := range ws[1:] { // the first is $0
		if len(w.offs) == 0 || strings.IndexByte(w.Text, '\'') >= 0 {
			continue
		}
		quote := "'"
		if w.Hole != "" {
			quote = "\""
		}
		parts = append(parts, blank(Word{end: w.offs[0] + 1}, " "+quote), w, blank(w, quote))
	}
	return concat(parts)
}

// pastOptions gives the place of the command line of a shell's -c: the first
// word behind it that is no option, in shells that take options there.
func pastOptions(name string, ws []Word, i int) int {
	switch name {
	case "bash", "sh", "zsh", "dash", "ksh", "ash":
	default:
		return i
	}
	for i < len(ws) && len(ws[i].Text) > 1 && (ws[i].Text[0] == '-' || ws[i].Text[0] == '+') {
		t := ws[i].Text
		i++
		if t == "--" {
			break
		}
		if last := t[len(t)-1]; last == 'o' || last == 'O' { // takes the name of an option
			i++
		}
	}
	return i
}

// Nested reads the words of a command that another one runs.
func (c *Reader) Nested(ws []Word) {
	if c.depth >= maxDepth {
		c.tooDeep()
		return
	}
	c.depth++
	c.Words(ws)
	c.depth--
}

// maxDepth is how deep commands in one another are read.
const maxDepth = 12

func (c *Reader) tooDeep() {
	if c.deep != nil {
		c.deep()
	}
}

// command finds the row for a program and reads its words. It reports whether
// there is one.
func (c *Reader) command(name string, ws []Word) bool {
	if c.full != nil && c.full() {
		return true
	}
	cmd, rest := c.row(name, ws)
	if cmd != nil {
		rest = pasted(rest)
		index, others := c.index, c.others
		c.others, c.index = c.route(cmd, rest)
		env := c.env
		words := c.heard(cmd, rest)
		c.lower(cmd)
		cmd.Read(c, cmd, words)
		c.index, c.others, c.env = index, others, env
	}
	return cmd != nil
}

// row gives the row for a program and its words, and what stands behind the
// subcommand.
func (c *Reader) row(name string, ws []Word) (*Command, []Word) {
	for i := range c.g.rows {
		cmd := &c.g.rows[i]
		if !HasWord(cmd.Programs, name) {
			continue
		}
		if cmd.Subs == "" {
			return cmd, ws
		}
		for sub := range strings.SplitSeq(cmd.Subs, "|") {
			if rest, ok := afterSub(ws, sub, cmd); ok {
				return cmd, rest
			}
		}
	}
	return nil, nil
}

// HasWord reports whether w is one of the words of the list, which single blanks
// and line ends part.
func HasWord(list, w string) bool {
	if w == "" {
		return false
	}
	for from := 0; ; {
		at := strings.Index(list[from:], w)
		if at < 0 {
			return false
		}
		at += from
		from = at + len(w)
		if (at == 0 || list[at-1] <= ' ') && (from == len(list) || list[from] <= ' ') {
			return true
		}
	}
}

// afterSub gives the words after a subcommand, which flags may precede.
func afterSub(ws []Word, sub string, cmd *Command) ([]Word, bool) {
	parts := strings.Fields(sub)
	i := 0
	var before []Word
	for n, part := range parts {
		for i < len(ws) && (strings.HasPrefix(ws[i].Text, "-") || strings.HasPrefix(ws[i].Text, "+")) {
			takes := cmd.takes(ws[i].Text)
			before = append(before, ws[i])
			i++
			if takes && i < len(ws) {
				before = append(before, ws[i])
				i++
			}
		}
		if cmd.Gap && n == 1 && i+1 < len(ws) && ws[i].Text != part && ws[i+1].Text == part {
			i++
		}
		if i >= len(ws) {
			return nil, false
		}
		word := ws[i].Text
		if cmd.Alias != nil {
			word = cmd.Alias(word)
		}
		if word != part {
			return nil, false
		}
		i++
	}
	return append(before, ws[i:]...), true
}

// CommandLine reads the words of one command, as a program gets them. Spans
// count in the words joined by blanks, which is also the text of Raw; the path
// is "-".
func (g *Grammar) CommandLine(t extract.Table, argv []string) extract.Found {
	var out []extract.Reference
	var problems []source.Problem
	var includes []extract.Include
	joined := strings.Join(argv, " ")
	c := &Reader{g: g, guess: true}
	c.unread = func(w Word) {
		problems = append(problems, source.Problem{Path: "-", Text: "the package name is made at run time and was not read: write the name out, or check it by hand", Dropped: true})
	}
	c.include = func(w Word, constraint bool) {
		includes = append(includes, extract.Include{Path: w.Text, Constraint: constraint, Command: true})
	}
	c.deep = func() {
		problems = append(problems, source.Problem{Path: "-", Why: source.NestedTooDeep, Text: extract.DeepText, Dropped: true})
	}
	c.emit = func(r extract.Reference) {
		r.Path = "-"
		r.Raw = joined[r.Span.Start:r.Span.End]
		out = append(out, r)
	}
	c.shell = func(w Word) {
		f := &source.File{Data: []byte(w.Text), Lang: text.Shell} // without a path: it is run
		found := t.Read(f)
		for i := range found.References {
			found.References[i].Path = "-"
		}
		out = append(out, found.References...)
		problems = append(problems, found.Problems...)
		includes = append(includes, found.Includes...)
	}
	var ws []Word
	at := 0
	for _, a := range argv {
		ws = append(ws, PlainWord(a, at))
		at += len(a) + 1
	}
	c.Words(ws)
	return extract.Found{References: out, Problems: problems, Includes: includes}
}
