package git

import (
	"bytes"
	"context"
	"errors"
	"figment/internal/disk"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A WorkTree is a directory whose files git looks after.
type WorkTree struct {
	Top       string        // absolute
	FoldsCase bool          // core.ignorecase
	Rules     []*IgnoreList // those that hold in all of it, the strongest first: its own, then the user's
	asked     chan struct{} // closed once git has answered; nil: it was not asked
	paths     []string      // what it tracks, relative to the work tree, sorted
	trouble   error
}

// Asked reports whether git was asked what it tracks.
func (t *WorkTree) Asked() bool { return t.asked != nil }

// Tracked waits for what git tracks: paths relative to the work tree, sorted.
// It is empty where Ask was not called, where git is not installed, and beside an
// error.
func (t *WorkTree) Tracked() ([]string, error) {
	if t.asked == nil {
		return nil, nil
	}
	<-t.asked
	return t.paths, t.trouble
}

// FindWorkTree gives the work tree that holds the absolute directory dir, or nil.
// At most limit ignore rules are read of each file.
func FindWorkTree(dir string, limit int) *WorkTree {
	for {
		if gitDir, ok := Dir(dir); ok {
			return OpenWorkTree(dir, gitDir, limit)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return nil
		}
		dir = up
	}
}

// Dir gives the directory in which git keeps what it knows about the work
// tree at dir: .git, or where a file of that name points to. ok is false where
// there is no work tree.
func Dir(dir string) (gitDir string, ok bool) {
	p := filepath.Join(dir, ".git")
	info, err := os.Stat(p)
	if err != nil {
		return "", false
	}
	if info.IsDir() {
		head, err := os.Lstat(filepath.Join(p, "HEAD"))
		return p, err == nil && !head.IsDir()
	}
	data, err := readSmall(p)
	if err != nil {
		return "", false
	}
	target, ok := strings.CutPrefix(firstLine(data), "gitdir: ")
	if !ok || target == "" {
		return "", false
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(dir, target)
	}
	return target, true
}

// OpenWorkTree reads the rules that hold in all of the work tree at top (absolute),
// of which git keeps what it knows in gitDir: see Dir.
func OpenWorkTree(top, gitDir string, limit int) *WorkTree {
	t := &WorkTree{Top: top}
	common := gitDir
	if data, err := readSmall(filepath.Join(gitDir, "commondir")); err == nil {
		if common = firstLine(data); !filepath.IsAbs(common) {
			common = filepath.Join(gitDir, common)
		}
	}
	if data, err := readSmall(filepath.Join(common, "config")); err == nil {
		_, fold := coreSettings(data)
		t.FoldsCase = fold
	}
	if data, err := readSmall(filepath.Join(common, "info", "exclude")); err == nil {
		t.Rules = append(t.Rules, ParseIgnore("", data, t.FoldsCase, limit))
	}
	if data, err := readSmall(globalIgnore()); err == nil {
		t.Rules = append(t.Rules, ParseIgnore("", data, t.FoldsCase, limit))
	}
	return t
}

// globalIgnore is the file of the user's own ignore rules.
func globalIgnore() string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	config := os.Getenv("XDG_CONFIG_HOME")
	if config == "" && home != "" {
		config = filepath.Join(home, ".config")
	}
	files := []string{os.Getenv("GIT_CONFIG_GLOBAL")}
	if files[0] == "" {
		files = []string{filepath.Join(home, ".gitconfig"), filepath.Join(config, "git", "config")}
	}
	for _, f := range files {
		data, err := readSmall(f)
		if err != nil {
			continue
		}
		if file, _ := coreSettings(data); file != "" {
			if rest, ok := strings.CutPrefix(file, "~/"); ok {
				return filepath.Join(home, rest)
			}
			return file
		}
	}
	return filepath.Join(config, "git", "ignore")
}

// coreSettings reads two keys of the section core of a configuration file of git.
// Files that it includes are not followed.
func coreSettings(data []byte) (excludesFile string, ignoreCase bool) {
	core := false
	for line := range bytes.Lines(data) {
		text := strings.TrimSpace(string(line))
		if strings.HasPrefix(text, "[") {
			head, rest, _ := strings.Cut(text[1:], "]")
			core = strings.EqualFold(strings.TrimSpace(head), "core")
			text = strings.TrimSpace(rest)
		}
		if !core || text == "" || text[0] == '#' || text[0] == ';' {
			continue
		}
		key, value, hasValue := strings.Cut(text, "=")
		value = strings.TrimSpace(value)
		if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		} else if i := strings.IndexAny(value, "#;"); i >= 0 {
			value = strings.TrimSpace(value[:i])
		}
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "excludesfile":
			excludesFile = value
		case "ignorecase":
			switch strings.ToLower(value) {
			case "true", "yes", "on", "1":
				ignoreCase = true
			case "":
				ignoreCase = !hasValue
			default:
				ignoreCase = false
			}
		}
	}
	return excludesFile, ignoreCase
}

// readSmall reads a file of settings from anywhere on disk.
func readSmall(file string) ([]byte, error) { return disk.ReadHead(file, MaxIgnoreFile) }

// Ask starts asking git which files of the work tree it tracks. An ignore
// rule, or a directory that looks as if tools had made it, is part of what is
// scanned and must not hide a file that was committed.
func (t *WorkTree) Ask(ctx context.Context) {
	if t.asked != nil {
		return
	}
	t.asked = make(chan struct{})
	go func() {
		defer close(t.asked)
		t.paths, t.trouble = trackedFiles(ctx, t.Top)
	}()
}

// trackedFiles runs git ls-files. The configuration of the repository is
// hostile: git is told to start nothing, fetch nothing, ask nobody, and not to
// look for another repository above this one. Without git on the machine it
// gives nothing.
func trackedFiles(ctx context.Context, top string) ([]string, error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, git, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
		"--no-pager", "--no-optional-locks", "ls-files", "-z")
	cmd.Dir = top
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_CEILING_DIRECTORIES="+filepath.Dir(top))
	cmd.WaitDelay = time.Second
	var stderr limitedBuffer
	stderr.limit = maxAnswer
	cmd.Stderr = &stderr
	stdout := limitedBuffer{limit: maxOutput}
	cmd.Stdout = &stdout
	if err := cmd.Run(); err != nil {
		if words := firstLine(stderr.data); words != "" {
			return nil, errors.New(words)
		}
		return nil, err
	}
	var out []string
	for _, p := range strings.Split(string(stdout.data), "\x00") {
		if p != "" {
			out = append(out, p)
		}
	}
	if stdout.full && len(out) > 0 {
		out = out[:len(out)-1]
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
