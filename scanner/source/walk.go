package source

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// neverEntered are directories of tools, not of people.
var neverEntered = map[string]bool{
	".git": true, ".hg": true, ".svn": true, "node_modules": true, "__pycache__": true, ".tox": true,
	".nox": true, ".gradle": true, ".terraform": true, "bower_components": true,
}

// maxPath bounds the depth of the walk: deeper trees are loops or attacks.
const maxDepth = 100

type walker struct {
	*paths
	ctx    context.Context
	jobs   chan<- job
	report func(Problem)
	seen   map[string]bool // files handed over
	ignore *ignoreRules
	kept   map[string]bool // tracked by git although ignored
}

// start reads one named path.
func (w *walker) start(name string) {
	info, err := w.root.Stat(name)
	if err != nil {
		w.report(Problem{Path: name, Text: "cannot be read: " + cause(err), Dropped: true})
		return
	}
	if !info.IsDir() {
		w.note(name)
		w.noteSiblings(path.Dir(name))
		w.file(name, true)
		return
	}
	if !w.o.NoGitignore {
		w.loadIgnores(name)
	}
	w.dir(name, 0)
}

func (w *walker) note(p string) {
	w.mu.Lock()
	w.list = append(w.list, p)
	w.mu.Unlock()
}

// noteSiblings lists what lies beside a file named alone, and in the
// directories above it: what is local to it is decided there.
func (w *walker) noteSiblings(dir string) {
	for {
		entries, err := fs.ReadDir(w.root.FS(), dir)
		if err != nil {
			return
		}
		for _, e := range entries {
			p := path.Join(dir, e.Name())
			if e.IsDir() {
				p += "/"
			}
			w.note(p)
		}
		if dir == "." {
			return
		}
		dir = path.Dir(dir)
	}
}

func (w *walker) dir(dir string, depth int) {
	if w.ctx.Err() != nil {
		return
	}
	if depth > maxDepth {
		w.report(Problem{Path: dir, Text: "lies too deep and was not read", Dropped: true})
		return
	}
	entries, err := fs.ReadDir(w.root.FS(), dir)
	if err != nil {
		w.report(Problem{Path: dir, Text: "cannot be listed: " + cause(err), Dropped: true})
		return
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	if depth > 0 && (names["pyvenv.cfg"] || names["CACHEDIR.TAG"] && w.cacheDir(dir)) {
		return
	}
	if w.ignore != nil && names[".gitignore"] {
		if data, err := w.Read(path.Join(dir, ".gitignore")); err == nil {
			w.ignore.add(dir, data)
		}
	}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		switch mode := e.Type(); {
		case mode.IsDir():
			if neverEntered[e.Name()] || toolDir(e.Name(), names, func(inner string) bool { return w.Exists(path.Join(p, inner)) }) {
				continue
			}
			if w.excluded(p) || w.ignored(p, true) && !w.keeps(p) {
				continue
			}
			w.note(p + "/")
			w.dir(p, depth+1)
		case mode.IsRegular():
			if w.excluded(p) || w.ignored(p, false) && !w.kept[p] {
				continue
			}
			w.note(p)
			w.file(p, false)
		case mode&fs.ModeSymlink != 0:
			w.link(p)
		}
	}
}

// link reads the file behind a symbolic link if it lies inside the root; a
// directory behind one is not entered.
func (w *walker) link(p string) {
	info, err := w.root.Stat(p)
	if err != nil || !info.Mode().IsRegular() || w.excluded(p) || w.ignored(p, false) {
		return
	}
	if real, err := filepath.EvalSymlinks(filepath.Join(w.base, filepath.FromSlash(p))); err == nil {
		if rel, err := filepath.Rel(w.base, real); err == nil {
			w.file(filepath.ToSlash(rel), false)
		}
	}
}

// file hands a file over to be read, once.
func (w *walker) file(p string, named bool) {
	if w.seen[p] || !named && !Interesting(p) || w.o.NoSource && !named && !isManifest(p) {
		return
	}
	w.seen[p] = true
	select {
	case w.jobs <- job{p, named}:
	case <-w.ctx.Done():
	}
}

// toolDir reports whether a directory holds what a package manager or a build
// put there.
func toolDir(name string, siblings map[string]bool, has func(string) bool) bool {
	switch name {
	case "vendor":
		return has("modules.txt") || has("composer") || has("bundle")
	case "target":
		return siblings["Cargo.toml"] || siblings["pom.xml"]
	case "Pods":
		return siblings["Podfile"]
	case "deps", "_build":
		return siblings["mix.exs"]
	}
	return false
}

func (w *walker) cacheDir(dir string) bool {
	data, err := w.Read(path.Join(dir, "CACHEDIR.TAG"))
	return err == nil && strings.HasPrefix(string(data), "Signature: 8a477f597d28d172789f06886806bc55")
}

func (w *walker) excluded(p string) bool {
	if w.o.MatchPath == nil {
		return false
	}
	for _, x := range w.o.Exclude {
		rel := p
		if x.Dir != "" && x.Dir != w.base {
			r, err := filepath.Rel(x.Dir, filepath.Join(w.base, filepath.FromSlash(p)))
			if err != nil || strings.HasPrefix(r, "..") {
				continue
			}
			rel = filepath.ToSlash(r)
		}
		if w.o.MatchPath(x.Glob, rel) {
			return true
		}
	}
	return false
}

func (w *walker) ignored(p string, dir bool) bool {
	return w.ignore != nil && w.ignore.match(p, dir)
}

// keeps reports whether a tracked file lies below an ignored directory.
func (w *walker) keeps(dir string) bool {
	for p := range w.kept {
		if strings.HasPrefix(p, dir+"/") {
			return true
		}
	}
	return false
}

// loadIgnores reads the ignore rules that hold above the walked directory, and
// asks git which files it tracks in spite of them: an ignore rule is part of
// what is scanned and must not hide a committed manifest.
func (w *walker) loadIgnores(start string) {
	w.ignore = &ignoreRules{}
	abs := filepath.Join(w.base, filepath.FromSlash(start))
	top := ""
	for d := abs; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			top = d
			break
		}
		if filepath.Dir(d) == d {
			break
		}
	}
	if top == "" {
		return
	}
	prefix, err := filepath.Rel(w.base, top)
	if err != nil {
		return
	}
	prefix = filepath.ToSlash(prefix)
	if data, err := os.ReadFile(filepath.Join(top, ".git", "info", "exclude")); err == nil {
		w.ignore.add(prefix, data)
	}
	var above []string
	for d := filepath.Dir(abs); below(top, d) && abs != top; d = filepath.Dir(d) {
		above = append([]string{d}, above...)
		if d == top {
			break
		}
	}
	for _, d := range above {
		if rel, err := filepath.Rel(w.base, d); err == nil {
			if data, err := os.ReadFile(filepath.Join(d, ".gitignore")); err == nil {
				w.ignore.add(filepath.ToSlash(rel), data)
			}
		}
	}
	w.kept = w.tracked(top, abs)
}

// tracked lists files that git tracks although its rules ignore them. git is
// told to run nothing that the repository's own configuration names.
func (w *walker) tracked(top, abs string) map[string]bool {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil
	}
	cmd := exec.CommandContext(w.ctx, git, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-pager", "--no-optional-locks",
		"ls-files", "-z", "-c", "-i", "--exclude-standard", "--", ".")
	cmd.Dir = abs
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0")
	out, err := cmd.Output()
	if err != nil {
		if w.ctx.Err() == nil {
			w.report(Problem{Path: ".gitignore", Text: fmt.Sprintf("git could not say which ignored files it tracks (%s); those are not read", firstLine(err))})
		}
		return nil
	}
	kept := map[string]bool{}
	for _, p := range strings.Split(string(out), "\x00") {
		if p == "" {
			continue
		}
		if rel, err := filepath.Rel(w.base, filepath.Join(abs, filepath.FromSlash(p))); err == nil {
			kept[filepath.ToSlash(rel)] = true
		}
	}
	return kept
}

func firstLine(err error) string {
	text := err.Error()
	if e, ok := err.(*exec.ExitError); ok && len(e.Stderr) > 0 {
		text = strings.TrimSpace(string(e.Stderr))
	}
	line, _, _ := strings.Cut(text, "\n")
	return line
}
