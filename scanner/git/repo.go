package git

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"figment/internal/disk"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Repo is a repository that is asked what it holds.
type Repo struct {
	git  string
	Top  string // the work tree, absolute, without links
	dir  string // where the state of the work tree lies, absolute
	sha2 bool   // objects are named by SHA-256
	head string // the commit that is checked out; empty: there is none yet
	cat  *blobReader
}

// Open finds the repository whose work tree holds dir. Variables such as
// GIT_INDEX_FILE hold: git sets them for the hook of a partial commit. It is to be
// closed. Errors are an *Error.
func Open(ctx context.Context, dir string) (opened *Repo, err error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, &Error{Failed, "git is not installed, and only git knows what was changed", "install git, or name the files to scan"}
	}
	r := &Repo{git: git, Top: dir}
	r.cat = &blobReader{repo: r}
	r.cat.ready() // objects are wanted in any case, and git takes a while to start
	defer func() {
		if opened == nil {
			r.cat.Close()
		}
	}()
	out, err := r.ask(ctx, maxAnswer, "rev-parse", "--show-toplevel", "--absolute-git-dir", "--show-object-format", "--revs-only", "HEAD^{commit}")
	if err != nil {
		return nil, err
	}
	words := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(words) < 3 || len(words) > 4 || words[0] == "" {
		return nil, &Error{Text: "git does not say where the work tree is", Hint: "git rev-parse --show-toplevel"}
	}
	r.Top = disk.Resolve(filepath.Clean(filepath.FromSlash(strings.TrimSuffix(words[0], "\r"))))
	r.dir = filepath.Clean(filepath.FromSlash(strings.TrimSuffix(words[1], "\r")))
	r.sha2 = strings.HasPrefix(words[2], "sha256")
	if len(words) > 3 && isObject(words[3]) {
		r.head = words[3]
	}
	// core.worktree may point anywhere.
	if !disk.Within(r.Top, disk.Resolve(dir)) {
		return nil, &Error{NoRepository, fmt.Sprintf("git says that the work tree is %s, which this directory is not in", r.Top), ""}
	}
	return r, nil
}

// command prepares git so that it starts nothing, fetches nothing and asks
// nobody.
func (r *Repo) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, r.git, append([]string{
		"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.bareRepository=explicit",
		"--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
	}, args...)...)
	cmd.Dir = r.Top
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=", "LC_ALL=C", "LANGUAGE=C")
	cmd.WaitDelay = time.Second
	return cmd
}

// ask runs a command and gives its output, which must be whole.
func (r *Repo) ask(ctx context.Context, limit int, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := r.command(ctx, args...)
	stdout, stderr := limitedBuffer{limit: limit}, limitedBuffer{limit: maxAnswer}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, &Error{Text: "git " + args[0] + " did not answer in time"}
	case err != nil:
		return nil, failure(args[0], err, string(stderr.data))
	case stdout.full:
		return nil, &Error{Text: fmt.Sprintf("git %s gave more than %s: there are too many files", args[0], disk.Size(int64(limit)))}
	}
	return stdout.data, nil
}

// Commit gives the name of the commit that a revision means; empty if there is
// none.
func (r *Repo) Commit(ctx context.Context, rev string) string {
	if rev == "HEAD" {
		return r.head
	}
	out, err := r.ask(ctx, maxAnswer, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if name := strings.TrimSpace(string(out)); err == nil && isObject(name) {
		return name
	}
	return ""
}

// hash is the sum by which git names what it is told.
func (r *Repo) hash() hash.Hash {
	if r.sha2 {
		return sha256.New()
	}
	return sha1.New()
}

// BlobName is the name that data has as a blob.
func (r *Repo) BlobName(data []byte) string {
	h := r.hash()
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// rawFlags are those of every diff that is asked for. The commit of a submodule
// is part of a change; git need not look into its work tree for that.
func rawFlags(command string, args ...string) []string {
	return append([]string{command, "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=dirty"}, args...)
}

func (r *Repo) diff(ctx context.Context, command string, args ...string) ([]Change, error) {
	out, err := r.ask(ctx, maxOutput, rawFlags(command, args...)...)
	if err != nil {
		return nil, err
	}
	changes, err := parseRaw(out)
	if err != nil {
		return nil, &Error{Text: "git " + command + ": " + err.Error()}
	}
	return changes, nil
}

func (r *Repo) tree(ctx context.Context, args ...string) (map[string]Entry, error) {
	out, err := r.ask(ctx, maxOutput, args...)
	if err != nil {
		return nil, err
	}
	files, err := parseTree(out)
	if err != nil {
		return nil, &Error{Text: "git " + args[0] + ": " + err.Error()}
	}
	return files, nil
}

// Tree is what a commit holds, by path from the top.
func (r *Repo) Tree(ctx context.Context, commit string) (map[string]Entry, error) {
	return r.tree(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
}

// Staged is how the index differs from a commit.
func (r *Repo) Staged(ctx context.Context, commit string) ([]Change, error) {
	return r.diff(ctx, "diff-index", "--cached", commit)
}

// Diff is how a commit differs from one before it.
func (r *Repo) Diff(ctx context.Context, from, to string) ([]Change, error) {
	return r.diff(ctx, "diff-tree", "-r", from, to)
}

// Untracked lists the files of the work tree that git neither tracks nor
// ignores.
func (r *Repo) Untracked(ctx context.Context) ([]string, error) {
	return r.list(ctx, "--others", "--exclude-standard")
}

// Deleted lists the files that git tracks and that are missing in the work tree
// although nothing left them out.
func (r *Repo) Deleted(ctx context.Context) ([]string, error) {
	return r.list(ctx, "--deleted")
}

// list gives the paths that ls-files lists. Another repository ends in a slash
// and is none of them.
func (r *Repo) list(ctx context.Context, flags ...string) ([]string, error) {
	out, err := r.ask(ctx, maxOutput, append(append([]string{"ls-files"}, flags...), "-z")...)
	if err != nil {
		return nil, err
	}
	var paths []string
	for p := range strings.SplitSeq(string(out), "\x00") {
		if validPath(p) {
			paths = append(paths, p)
		}
	}
	return paths, nil
}

// Merging gives the commits that are being merged, sorted.
func (r *Repo) Merging() ([]string, error) {
	var heads []string
	data, err := readSmall(filepath.Join(r.dir, "MERGE_HEAD"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{Text: "MERGE_HEAD cannot be read: " + disk.Cause(err)}
	}
	for line := range strings.Lines(string(data)) {
		heads = append(heads, strings.TrimSpace(line))
	}
	// When the hook pre-merge-commit runs, the file is not there yet; git merge
	// leaves GITHEAD_<commit> in the environment.
	for _, v := range os.Environ() {
		if rest, ok := strings.CutPrefix(v, "GITHEAD_"); ok {
			name, _, _ := strings.Cut(rest, "=")
			heads = append(heads, name)
		}
	}
	slices.Sort(heads)
	return slices.DeleteFunc(slices.Compact(heads), func(h string) bool { return !isObject(h) }), nil
}

// Read gives the content of a blob. Of one that is longer than limit it gives
// the beginning, and its length. The error is in words that go after the path of
// the file.
func (r *Repo) Read(object string, limit int64) (data []byte, size int64, err error) {
	return r.cat.read(object, limit)
}

// Interrupt makes Read fail from now on.
func (r *Repo) Interrupt() { r.cat.interrupt() }

// Close ends what reads the repository.
func (r *Repo) Close() { r.cat.Close() }

// Holding is what the repository holds at a commit, as the caller has listed it.
// It is open as long as the repository is.
func (r *Repo) Holding(commit string, files map[string]Entry) *Revision {
	return &Revision{repo: r, files: files, name: commit, commit: commit, shared: true}
}

// Index is what would be committed next, by path from the top.
func (r *Repo) Index(ctx context.Context) (map[string]Entry, error) {
	return r.tree(ctx, "ls-files", "--stage", "-z")
}

// Resolve is Commit with an error, which says that there is none.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	if name := r.Commit(ctx, rev); name != "" {
		return name, nil
	}
	return "", &Error{NoRevision, fmt.Sprintf("git knows no commit %q", rev), r.shallow(ctx)}
}

// shallow is the hint for what a clone without history lacks.
func (r *Repo) shallow(ctx context.Context) string {
	if out, err := r.ask(ctx, maxAnswer, "rev-parse", "--is-shallow-repository"); err == nil && strings.HasPrefix(string(out), "true") {
		return "this clone is shallow: git fetch --unshallow, or fetch-depth: 0 in a workflow"
	}
	return ""
}

// MergeBase is the commit at which two histories part.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (string, error) {
	out, err := r.ask(ctx, maxAnswer, "merge-base", a, b)
	if name := strings.TrimSpace(string(out)); err == nil && isObject(name) {
		return name, nil
	}
	return "", &Error{NoBase, "there is no commit that both sides of the range come from", r.shallow(ctx)}
}

// SameFile reports whether a file below root has the bytes of a blob; one that is
// too long to be compared has not. The error says that it cannot be read.
func (r *Repo) SameFile(root *os.Root, name, object string) (bool, error) {
	f, info, err := disk.Open(root, name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if info.Size() > maxCompared {
		return false, nil
	}
	h := r.hash()
	fmt.Fprintf(h, "blob %d\x00", info.Size())
	if n, err := io.Copy(h, io.LimitReader(f, maxCompared+1)); err != nil || n != info.Size() {
		return false, err
	}
	return hex.EncodeToString(h.Sum(nil)) == object, nil
}
