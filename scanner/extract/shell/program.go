package shell

import (
	"path"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Programs that run code: of a file that they name, of an argument, or of their
// standard input. What they run is read in their language, whatever the file is
// called.

// A runtime is a row of programs that run code.
type runtime struct {
	programs string
	lang     text.Lang
	values   string // options that take a value
	code     string // options whose value is code
	file     string // options whose value is the file to be run
	subs     string // words that may stand before the file
	without  bool   // the file may be named without one of subs
}

// nodeValues are the options of node 20 that take a value, from node --help.
const nodeValues = "-r --require --import --loader --experimental-loader -C --conditions --cpu-prof-dir --cpu-prof-interval --cpu-prof-name --diagnostic-dir --disable-proto " +
	"--disable-warning --dns-result-order --env-file --env-file-if-exists --experimental-default-type --experimental-policy --experimental-sea-config --heap-prof-dir " +
	"--heap-prof-interval --heap-prof-name --heapsnapshot-signal --icu-data-dir --input-type --inspect-port --inspect-publish-uid --max-http-header-size --openssl-config " +
	"--redirect-warnings --report-directory --report-dir --report-filename --report-signal --secure-heap --secure-heap-min --snapshot-blob --test-concurrency " +
	"--test-name-pattern --test-reporter --test-reporter-destination --test-shard --test-timeout --title --tls-cipher-list --tls-keylog --trace-event-categories " +
	"--trace-event-file-pattern --trace-require-module --unhandled-rejections --use-largepages --v8-pool-size --watch-path"

const shells = "bash sh zsh dash ksh ash mksh yash rbash fish"

var runtimes = []runtime{
	{programs: shells, lang: text.Shell, values: "-o +o -O +O --rcfile --init-file", without: true},
	{programs: "python pypy py pythonw micropython jython", lang: text.Python, values: "-W -X --check-hash-based-pycs", code: "-c", without: true},
	{programs: "ipython", lang: text.IPython, code: "-c", without: true},
	{programs: "node nodejs", lang: text.JavaScript, values: nodeValues, code: "-e --eval -p --print -pe", subs: "inspect", without: true},
	{programs: "tsx ts-node ts-node-esm ts-node-dev tsnd vite-node esno esr jiti sucrase-node babel-node swc-node esmo", lang: text.TypeScript,
		values: nodeValues + " -P --project --tsconfig -I --ignore -O --compiler-options --dir --cwd --cwd-mode -c --config", code: "-e --eval -p --print -pe", subs: "watch", without: true},
	{programs: "nodemon electron pm2 forever", lang: text.JavaScript, values: nodeValues + " -w --watch -e --ext -x --exec -i --ignore -d --delay --config --name", subs: "start", without: true},
	{programs: "deno", lang: text.TypeScript, values: "--config -c --import-map --lock --cert -L --log-level --location --seed --ext", subs: "run serve test bench compile check cache", without: true},
	{programs: "bun", lang: text.TypeScript, values: bunValues + " -r --preload --require --import", code: "-e --eval -p --print", subs: "run", without: true},
	{programs: "uv", lang: text.Python, values: uvValues + " --with --with-editable", file: "-s --script --gui-script", subs: "run"},
	{programs: "pwsh powershell", lang: text.PowerShell, values: "-ExecutionPolicy -ep -ex -WindowStyle -w -Version -InputFormat -OutputFormat -ConfigurationName -WorkingDirectory -wd",
		code: "-Command -c -EncodedCommand -e -ec", file: "-File -f", without: true},
	{programs: ". source", lang: text.Shell, without: true},
}

// codeRunners are the programs of runtimes.
var codeRunners = func() map[string]bool {
	known := map[string]bool{}
	for i := range runtimes {
		for _, name := range strings.Fields(runtimes[i].programs) {
			known[name] = true
		}
	}
	return known
}()

// mayInterpret reports by one pass over the bytes whether a command may run a
// program that is given code: one of codeRunners, or a file by its path.
func mayInterpret(text []byte) bool {
	path := func(c byte) bool {
		return extract.IsAlnum(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '\\'
	}
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && path(text[end]) {
			end++
		}
		if end == i {
			i++
			continue
		}
		w := text[i:end]
		if w[0] == '.' && (strings.HasPrefix(string(w), "./") || strings.HasPrefix(string(w), "../")) || len(w) < 100 && codeRunners[program(string(w))] {
			return true
		}
		i = end
	}
	return false
}

// subcommands of runtimes that run no file.
const noFiles = "add install i a remove rm update upgrade x create init link unlink pm publish outdated patch audit info why exec repl dev test build list stop restart delete logs " +
	"fmt lint doc eval jupyter task types uninstall completions coverage lsp vendor clean deploy outdated compile bundle help"

// A run is what a command runs as code.
type run struct {
	lang   text.Lang
	script *Word  // the file; nil: none is named
	code   []Word // arguments that are code
	stdin  bool   // it runs what it reads from its standard input
}

// invoked says what words run, the first of which is a program. nil: it is none
// that runs code.
func invoked(ws []Word) *run {
	if len(ws) == 0 {
		return nil
	}
	var rt *runtime
	name := program(ws[0].Text)
	for i := range runtimes {
		if hasWord(runtimes[i].programs, name) {
			rt = &runtimes[i]
			break
		}
	}
	if rt == nil {
		return nil
	}
	r := &run{lang: rt.lang}
	shell, ready := rt.lang == text.Shell && len(rt.values) > 0, rt.without
	same := func(list, t string) bool {
		return listed(list, t) || rt.lang == text.PowerShell && t != "" && listed(strings.ToLower(list), strings.ToLower(t))
	}
	for i := 1; i < len(ws); i++ {
		t := ws[i].Text
		flag, _, joined := strings.Cut(t, "=")
		switch {
		case t == "" || isStdin(t):
			r.stdin = ready && t != ""
			return r
		case t == "--":
			if i+1 < len(ws) && ready {
				r.script = &ws[i+1]
			} else {
				r.stdin = ready && shell
			}
			return r
		case same(rt.code, t):
			if i+1 < len(ws) {
				if rt.lang == text.PowerShell && ws[i+1].Text == "-" {
					r.stdin = true
					return r
				}
				r.code = append(r.code, ws[i+1])
			}
			return r
		case joined && same(rt.code, flag):
			r.code = append(r.code, ws[i].sub(len(flag)+1, len(t)))
			return r
		case same(rt.file, t):
			if i+1 < len(ws) {
				r.script = &ws[i+1]
			}
			return r
		case same(rt.values, t):
			i++
		case len(t) > 1 && (t[0] == '-' || t[0] == '+' && shell):
			switch letters := strings.TrimLeft(t, "-+"); {
			case strings.HasPrefix(t, "--"):
			case shell && strings.IndexByte(letters, 'c') >= 0:
				return r // its commands are an argument, and read as such
			case shell && strings.IndexByte(letters, 's') >= 0:
				r.stdin = true
				return r
			case shell && (t[len(t)-1] == 'o' || t[len(t)-1] == 'O'):
				i++
			case rt.lang == text.Python && name != "uv":
				if done := r.pythonFlags(ws, i); done {
					return r
				}
			}
		case rt.subs != "" && listed(rt.subs, t) && (i == 1 || !ready):
			ready = true
		case !ready, rt.subs != "" && rt.lang == text.TypeScript && i == 1 && hasWord(noFiles, t):
			return r
		case strings.Contains(t, "://"), strings.HasPrefix(t, "npm:"), strings.HasPrefix(t, "jsr:"):
			return r
		case name == "uv":
			return r // a command, which is read as one
		default:
			r.script = &ws[i]
			return r
		}
	}
	r.stdin = ready && !hasWord(". source", name)
	return r
}

// pythonFlags reads letters of python behind one dash: -c takes code and -m a
// module, as the rest of the word or as the next one.
func (r *run) pythonFlags(ws []Word, i int) (done bool) {
	t := ws[i].Text
	for k := 1; k < len(t); k++ {
		switch t[k] {
		case 'c':
			if k+1 < len(t) {
				r.code = append(r.code, ws[i].sub(k+1, len(t)))
			} else if i+1 < len(ws) {
				r.code = append(r.code, ws[i+1])
			}
			return true
		case 'm':
			return true
		case 'W', 'X':
			return false // the rest is its value
		}
	}
	return false
}

// isStdin reports whether a word is the standard input by one of its names.
func isStdin(t string) bool {
	switch t {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		return true
	}
	return false
}

// runs hands over the file that a command runs.
func (c *Reader) runs(ws []Word) {
	if c.run == nil || len(ws) == 0 {
		return
	}
	r := invoked(ws)
	switch {
	case r == nil:
		// A program that is named by its path.
		if t := strings.ReplaceAll(ws[0].Text, `\`, "/"); strings.IndexByte(t, '/') > 0 && t[len(t)-1] != '/' && !strings.Contains(t, "://") {
			c.run(ws[0], text.Undecided)
		}
	case r.script != nil && !strings.HasPrefix(r.script.hole, "<("):
		if r.lang == text.Shell && c.dotted != "" && ws[0].Text == "." {
			r.lang = c.dotted
		}
		c.run(*r.script, r.lang)
	}
}

// moduleRun reads the module that python -m runs. One that runs in the environment
// of a project is declared there.
func (c *Reader) moduleRun(w Word) {
	if c.modules == nil || c.managed || w.hole != "" || len(w.offs) == 0 || c.knows(program(w.Text)) {
		return
	}
	top, _, _ := strings.Cut(w.Text, ".")
	for i := range len(w.Text) {
		if ch := w.Text[i]; !extract.IsAlnum(ch) && ch != '_' && ch != '.' || i == 0 && ch <= '9' {
			return
		}
	}
	if top == "" {
		return
	}
	r := extract.Reference{Ecosystem: ecosystem.PyPI, Name: top, Module: w.Text, Kind: extract.Import, Flags: c.flags | extract.Dynamic | extract.Runs, Span: w.span(0, len(w.Text))}
	if r.Span.Start < r.Span.End {
		c.modules(r)
	}
}

// maxInside is how many words of a command are looked at for another one.
const maxInside = 100

// inside gives the command that a package manager runs from a package: "npx tsx
// x", "uv run python -".
func (c *Reader) inside(ws []Word) []Word {
	ws = ws[:min(len(ws), maxInside)]
	for n := 0; n < 4 && len(ws) > 1; n++ {
		if hasWord("pnpm yarn yarnpkg npm", program(ws[0].Text)) { // what is installed
			i := 1
			for i < len(ws) && (ws[i].Text == "exec" || ws[i].Text == "--" || ws[i].Text == "-s") {
				i++
			}
			if invoked(ws[i:]) != nil {
				ws = ws[i:]
				continue
			}
		}
		cmd, rest := c.row(program(ws[0].Text), ws[1:])
		if cmd == nil || !cmd.flags.Has(extract.Runs) || cmd.eco == ecosystem.Golang {
			break
		}
		next := -1
		for _, a := range leading(rest, cmd) {
			if a.flag != "" {
				continue
			}
			for k := range ws {
				if next < 0 && ws[k].end == a.word.end && a.word.Text != "" && !isStdin(a.word.Text) {
					next = k
				}
			}
			break
		}
		if next < 0 {
			break
		}
		inner := append([]Word{}, ws[next:]...)
		if tool, _ := extract.CutVersion(inner[0].Text); tool != "" {
			inner[0] = inner[0].sub(0, len(tool))
		}
		ws = inner
	}
	return ws
}

// NoCode reports whether a path is, by its ending, nothing that node takes for
// code.
func NoCode(p string) bool {
	switch strings.ToLower(path.Ext(p)) {
	case ".json", ".node", ".wasm", ".css", ".scss", ".sass", ".less", ".html", ".svg", ".png", ".map", ".md", ".vue", ".svelte", ".astro":
		return true
	}
	return false
}
