package shell

import (
	"strings"

	"figment/scanner/text"
)

// shellLanguages are the languages of shells, in files and in sessions.
func shellLanguages() []text.Language {
	return []text.Language{
		{
			Lang:       text.Shell,
			Files:      []string{".envrc", ".bashrc", ".bash_profile", ".bash_aliases", ".profile", ".zshrc", ".zprofile", ".zshenv"},
			Extensions: []string{".sh", ".bash", ".zsh", ".ksh", ".fish", ".bats"},
			Folders:    []string{".githooks", ".husky"}, // hooks are often without a first line that says it
			Programs:   []string{"bash", "sh", "zsh", "dash", "ksh", "ash"},
			Labels:     []string{"bash", "sh", "shell", "zsh", "fish"},
			Run:        ".sh",
			Sniff:      text.Sniff{At: text.ByCommands, Is: func(s *text.Sample) bool { return beginsCommands(s, false) }},
		},
		{
			Lang:   text.Console,
			Labels: []string{"console", "terminal", "shellsession", "sh-session", "shell-session"},
			Sniff:  text.Sniff{At: text.BySession, Is: func(s *text.Sample) bool { return beginsCommands(s, true) }},
		},
	}
}

// otherShellLanguages are the languages of shells of Windows.
func otherShellLanguages() []text.Language {
	return []text.Language{
		{
			Lang:       text.PowerShell,
			Extensions: []string{".ps1", ".psm1"},
			Programs:   []string{"pwsh", "powershell"},
			Labels:     []string{"powershell", "ps", "ps1", "pwsh"},
			Run:        ".ps1",
		},
		{
			Lang:       text.Cmd,
			Extensions: []string{".cmd", ".bat"},
			Labels:     []string{"cmd", "bat", "batch", "dos"},
			Run:        ".bat",
		},
	}
}

// Programs are those of no ecosystem that lead to commands which install or
// run packages.
func Programs() []string {
	return []string{"sudo", "env", "docker", "podman", "bash", "sh", "cd", "mkdir", "export", "source", "curl", "git", "apt", "apt-get", "brew"}
}

// maxCommandLine bounds how much of a line is looked at.
const maxCommandLine = 500

// beginsCommands finds lines that begin with a command which installs or runs
// packages, or leads to one: after the prompt of a session, or without one.
func beginsCommands(s *text.Sample, session bool) (found bool) {
	text.EachLine(s.Text, func(line []byte) bool {
		t := strings.TrimSpace(string(line[:min(len(line), maxCommandLine)]))
		command, prompted := afterPrompt(s, t)
		word, rest, _ := strings.Cut(command, " ")
		found = prompted == session && s.Program(word) && (prompted || commandTail(word, rest))
		return !found
	})
	return found
}

// afterPrompt cuts off the prompt of a shell.
func afterPrompt(s *text.Sample, line string) (string, bool) {
	if dir, ok := strings.CutPrefix(line, "➜  "); ok { // ➜  dir git:(main) ✗ npm i x
		_, rest, _ := strings.Cut(dir, " ")
		if _, after, ok := strings.Cut(rest, ") "); ok && strings.HasPrefix(rest, "git:(") {
			rest = after
		}
		rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "✗ "))
		if word, _, _ := strings.Cut(rest, " "); s.Program(word) {
			return rest, true
		}
	}
	for _, p := range []string{"$ ", "% ", "> ", "# ", "❯ ", "➜ "} {
		if rest, ok := strings.CutPrefix(line, p); ok {
			return strings.TrimSpace(rest), true
		}
	}
	if i := strings.Index(line, "> "); i > 0 && (strings.HasPrefix(line, "PS ") || i > 2 && line[1] == ':' && line[2] == '\\') {
		return strings.TrimSpace(line[i+2:]), true
	}
	if i := strings.Index(line, "$ "); i > 0 && (strings.ContainsAny(line[:i], "@~") || strings.HasPrefix(line, "(")) {
		return strings.TrimSpace(line[i+2:]), true
	}
	for _, sign := range []string{"# ", "% ", "$ ", "> "} { // root@id:/app#, [me@host dir]$, bash-5.2#, /app #, PS>
		if i := strings.Index(line, sign); i > 0 && i < 100 {
			head := strings.TrimSpace(line[:i])
			if strings.Contains(head, "@") || head == "PS" || head[0] == '/' && !strings.Contains(head, " ") || strings.HasPrefix(strings.TrimLeft(head, "bdzka"), "sh-") {
				return strings.TrimSpace(line[i+2:]), true
			}
		}
	}
	return line, false
}

// commandTail reports whether what follows a command's name may be its
// arguments and not the rest of a sentence.
func commandTail(word, rest string) bool {
	verb, _, _ := strings.Cut(rest, " ")
	switch word {
	case "go", "mix", "source", "export", "env", "py", "node", "sh", "bash":
		return strings.ContainsAny(verb, "./=-") || verb == "get" || verb == "install" || verb == "run" || verb == "mod"
	}
	return verb != "" && (!strings.HasSuffix(rest, ".") || strings.HasSuffix(rest, " .") || strings.HasSuffix(rest, "/."))
}
