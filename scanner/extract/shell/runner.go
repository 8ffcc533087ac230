package shell

import (
	"figment/scanner/extract"
	"slices"
	"strings"
)

// Programs that are given a command to run: as the rest of their words, or as
// one word that is a command line. What runs on another machine (ssh) or for
// another user (su) is installed all the same, and read as a command.

// lineRunners run command lines that are given as single words, or the rest of
// their words. npm-run-all, run-p and run-s take names of scripts, which stand in
// package.json themselves.
var lineRunners = map[string]bool{
	"concurrently": true, "conc": true, "hyperfine": true, "watchexec": true, "entr": true, "start-server-and-test": true, "start-test": true,
	"tmux": true, "screen": true, "script": true, "nodemon": true, "chokidar": true, "onchange": true, "cross-env-shell": true,
	"vagrant": true, "gcloud": true, "sbatch": true, "fly": true, "flyctl": true, "ansible": true, "pdsh": true, "pssh": true, "capsh": true, "machinectl": true, "at": true, "batch": true,
}

// runners run the command that stands somewhere behind words of their own:
// options, numbers, the names of containers, of machines and of environments.
// Where it begins is seen by the program that it begins with.
const runners = "busybox toybox retry repeat taskset chrt systemd-run systemd-nspawn systemd-inhibit unshare nsenter arch-chroot schroot proot bwrap firejail fakechroot faketime " +
	"eatmydata proxychains proxychains4 torsocks torify tsocks numactl perf valgrind catchsegv prlimit cpulimit setarch linux32 linux64 i386 x86_64 uname26 setpriv pkexec capsh dbus-run-session " +
	"dbus-launch ssh-agent rlwrap sem start-stop-daemon daemonize chpst envdir softlimit setlock docker docker-compose podman podman-compose nerdctl kubectl oc lxc incus " +
	"multipass distrobox toolbox vagrant machinectl heroku fly flyctl nix devbox devenv flox guix mise rtx asdf pyenv rbenv nodenv nvm fnm volta n direnv dotenv dotenvx op aws-vault doppler " +
	"chamber infisical teller mpirun mpiexec srun salloc bsub qsub flux aprun jsrun turbo nx lerna rush wsl sshpass mosh autossh gdb lldb rr ltrace bpftrace uftrace script tmux screen entr coverage nyc c8 env-cmd"

// noRunners have words of their own, which no program runs, also behind "--".
const noRunners = "git gh rg grep egrep fgrep ag ack ls rm cp mv mkdir touch cat echo printf tar diff sed awk : true false test [ [[ which type whereis man help info apropos hash compgen complete " +
	"apt apt-get aptitude apk yum dnf microdnf brew pacman paru yay zypper port choco winget scoop snap emerge xbps-install pkg pkg_add nix-env module alias export local declare readonly typeset set unset " +
	"read cd pushd curl wget jq yq tee head tail sort uniq wc logger notify-send say figlet cowsay make ln chmod chown basename dirname return exit export"

// runner reads a command that runs others. ok is false where it is none.
func (c *Reader) runner(name string, ws []Word) (ok bool) {
	switch name {
	case "trap":
		rest := ws[1:]
		if len(rest) > 0 && rest[0].Text == "--" {
			rest = rest[1:]
		}
		if len(rest) > 1 {
			c.Line(rest[0])
		}
	case "alias":
		for _, w := range ws[1:] {
			if at := strings.IndexByte(w.Text, '='); at > 0 {
				c.Line(w.Sub(at+1, len(w.Text)))
			}
		}
	case "-c": // flock FILE -c LINE
		if len(ws) > 1 {
			c.Line(ws[1])
		}
	case "find", "fd", "fdfind":
		c.found(ws[1:])
	default:
		if code := codeWords(name, ws); code != nil {
			for _, w := range code {
				if c.code != nil && len(w.offs) > 0 {
					c.code(w)
				}
			}
			return true
		}
		if !lineRunners[name] {
			return c.behindDashes(name, ws[1:])
		}
		for i, w := range ws[1:] {
			if strings.ContainsAny(w.Text, " \t\n") {
				c.Line(withoutOption(w))
			} else if c.g.managers[program(w.Text)] {
				c.Nested(ws[i+1:])
				break
			}
		}
	}
	return true
}

// Line reads a word that is a command line.
func (c *Reader) Line(w Word) {
	if c.shell != nil && len(w.offs) > 0 {
		c.shell(w)
	}
}

// found reads the commands that find runs for each file.
func (c *Reader) found(ws []Word) {
	names := foundNames(ws)
	for i := 0; i < len(ws); i++ {
		switch ws[i].Text {
		case "-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch":
		default:
			continue
		}
		end := i + 1
		for end < len(ws) && ws[end].Text != ";" && ws[end].Text != "+" {
			end++
		}
		inner := slices.Clone(ws[i+1 : end])
		for k := range inner {
			if inner[k].Text == "{}" && len(names) > 0 {
				inner = slices.Replace(inner, k, k+1, names...)
				break
			}
		}
		c.Nested(inner)
		i = end
	}
}

// foundNames are the paths that find gives, as patterns of the names that it
// looks for.
func foundNames(ws []Word) (names []Word) {
	for i := range ws[:max(0, len(ws)-1)] {
		t := ws[i].Text
		if t != "-name" && t != "-iname" || i > 0 && (ws[i-1].Text == "!" || ws[i-1].Text == "-not") || len(names) >= maxFollowed {
			continue
		}
		w := ws[i+1]
		if t == "-name" && strings.HasPrefix(w.Text, "-") || len(w.offs) == 0 || w.Hole != "" {
			continue
		}
		w = concat([]Word{blank(Word{end: w.offs[0] + 1}, "./**/"), w})
		w.also = len(names) > 0
		names = append(names, w)
	}
	return names
}

// behindDashes reads "op run -- npm i x": a program of another kind that is
// given a command of a package manager.
func (c *Reader) behindDashes(name string, ws []Word) bool {
	if HasWord(noRunners, name) || c.knows(name) {
		return false
	}
	for i, w := range ws {
		if w.Text == "--" && i+1 < len(ws) && (c.g.managers[program(ws[i+1].Text)] || HasWord(interpreters, program(ws[i+1].Text))) {
			c.Nested(ws[i+1:])
			return true
		}
	}
	return false
}

// withoutOption cuts "--command=" off.
func withoutOption(w Word) Word {
	at := strings.IndexAny(w.Text, "= \t\n")
	if strings.HasPrefix(w.Text, "--") && at > 0 && w.Text[at] == '=' {
		return w.Sub(at+1, len(w.Text))
	}
	return w
}

// codeWords gives the words that an interpreter takes for code of a language
// that is not read: the commands in it are.
func codeWords(name string, ws []Word) (code []Word) {
	flags := ""
	switch name {
	case "perl", "ruby", "lua", "osascript", "Rscript", "raku", "groovy", "elixir", "julia", "scala", "tclsh", "guile", "sbcl":
		flags = "eE"
	case "php":
		flags = "rBRE"
	case "expect":
		flags = "c"
	case "awk", "gawk", "mawk", "nawk":
		for _, w := range ws[1:] {
			if strings.ContainsAny(w.Text, "{(") {
				return []Word{w}
			}
		}
		return nil
	default:
		return nil
	}
	for i := 1; i < len(ws)-1; i++ {
		if t := ws[i].Text; len(t) > 1 && t[0] == '-' && (strings.IndexByte(flags, t[len(t)-1]) >= 0 || t == "--eval") {
			code = append(code, ws[i+1])
		}
	}
	return code
}

// maxCandidates bounds how many words of a command are taken for the program
// that it runs.
const maxCandidates = 50

// behind gives the command that begins behind other words, or nil.
func (c *Reader) behind(ws []Word) []Word {
	tried := 0
	for i := range ws {
		name := program(ws[i].Text)
		if !c.g.managers[name] && !HasWord(interpreters, name) && !c.knows(name) {
			continue
		}
		if tried++; tried > maxCandidates {
			return nil
		}
		if c.starts(name, ws[i:]) {
			return ws[i:]
		}
	}
	return nil
}

// interpreters run a command or code that they are given.
const interpreters = "sh bash zsh dash ksh ash powershell pwsh python pypy py node nodejs perl ruby php eval xargs parallel env sudo"

// starts reports whether words are a command that is read.
func (c *Reader) starts(name string, ws []Word) bool {
	if cmd, _ := c.row(name, ws[1:]); cmd != nil {
		return true
	}
	switch name {
	case "python", "pypy", "py":
		if rest := pythonModule(ws); len(rest) > 0 {
			cmd, _ := c.row(program(rest[0].Text), rest[1:])
			return cmd != nil
		}
		fallthrough
	case "sh", "bash", "zsh", "dash", "ksh", "ash", "powershell", "pwsh", "node", "nodejs", "perl", "ruby", "php":
		return len(ws) == 1 || strings.HasPrefix(ws[1].Text, "-") || strings.ContainsAny(ws[1].Text, "./") && !strings.Contains(ws[1].Text, "://")
	case "eval", "xargs", "parallel", "env", "sudo":
		return len(ws) > 1
	}
	return false
}

// guessed reads the command among the words of a program that nothing is known
// of, which may run it: doubted.
func (c *Reader) guessed(name string, ws []Word) {
	if !c.guess || HasWord(noRunners, name) || c.knows(name) || c.g.managers[name] || name == "" || strings.ContainsAny(name[len(name)-1:], ":,.!?") {
		return
	}
	flags := c.flags
	c.flags |= extract.Low
	defer func() { c.flags = flags }()
	for i := range ws {
		if t := ws[i].Text; i > 0 && strings.IndexByte(t, ' ') > 0 || strings.HasPrefix(t, "--") && strings.IndexByte(t, '=') > 0 {
			switch before, _, _ := strings.Cut(ws[max(0, i-1)].Text+"=", "="); {
			case strings.HasPrefix(t, "--"):
				c.Line(withoutOption(ws[i]))
			case before == "-c", before == "--command", before == "--cmd", before == "--run", before == "--exec", before == "-e", before == "-x":
				c.Line(ws[i])
			}
		}
	}
	if rest := c.behind(ws); rest != nil {
		c.Nested(rest)
	}
}

// knows reports whether a row of the grammar is about the program.
func (c *Reader) knows(name string) bool {
	for i := range c.g.rows {
		if HasWord(c.g.rows[i].Programs, name) {
			return true
		}
	}
	return false
}

// spoken reads words that are joined by blanks and then read as a command line,
// as eval, ssh and watch do.
func (c *Reader) spoken(ws []Word) {
	plain := true
	for _, w := range ws {
		plain = plain && w.Text != "" && !strings.ContainsAny(w.Text, " \t\n;|&<>()'\"\\")
	}
	switch {
	case len(ws) == 1:
		c.Line(ws[0])
	case plain: // the same words again, and what makes them is known
		c.Nested(ws)
	default:
		var parts []Word
		for i, w := range ws {
			if len(w.offs) == 0 {
				continue
			}
			if i > 0 {
				parts = append(parts, blank(ws[i-1], " "))
			}
			parts = append(parts, w)
		}
		c.Line(concat(parts))
	}
}

// Fields cuts a word into words at blanks, quotes taken off, as env -S and the
// options of node do.
func Fields(w Word) []Word {
	var out []Word
	var x Word
	var letters []byte
	open, quote := false, byte(0)
	flush := func() {
		if open {
			x.end, x.Hole, x.Text = w.end, w.Hole, string(letters)
			out = append(out, x)
		}
		x, letters, open = Word{}, letters[:0], false
	}
	for i := 0; i < len(w.Text); i++ {
		ch := w.Text[i]
		switch {
		case quote != 0 && ch == quote:
			quote = 0
			continue
		case quote != 0:
		case ch == '"' || ch == '\'':
			quote, open = ch, true
			continue
		case ch == ' ' || ch == '\t' || ch == '\n':
			flush()
			continue
		case ch == '\\' && i+1 < len(w.Text):
			i++
		}
		open = true
		letters = append(letters, w.Text[i])
		x.offs, x.ends = append(x.offs, w.offs[i]), append(x.ends, w.endAt(i))
	}
	flush()
	return out
}

// splitString gives the words behind those of env: "env -S 'A=b pip install' x".
// nil: it has no such option.
func splitString(ws []Word) []Word {
	for i := 1; i < len(ws); i++ {
		t := ws[i].Text
		switch {
		case t == "-S" || t == "--split-string" || t == "-vS" || t == "-iS":
			if i+1 < len(ws) {
				return append(Fields(ws[i+1]), ws[i+2:]...)
			}
		case strings.HasPrefix(t, "-S") || strings.HasPrefix(t, "--split-string="):
			w := ws[i].Sub(strings.IndexAny(t, "S=")+1, len(t))
			return append(Fields(w), ws[i+1:]...)
		case t == "-u" || t == "-C":
			i++
		case !strings.HasPrefix(t, "-") && !isAssignment(t):
			return nil
		}
	}
	return nil
}
